"""Settings of the portal: one file, read from the environment.

Production is whatever runs with HTTPS on (the default); the embedded default of the README turns it off.
The variables are listed in docs/operations.md.
"""

from importlib.util import find_spec
from pathlib import Path

import environ
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
env = environ.Env()

# --- What the environment decides ---------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
HTTPS = env.bool("HTTPS", not (DEBUG or DEMO))
SECRET_KEY = env.str("SECRET_KEY", "" if HTTPS else "embedded-only-" + "0" * 50)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if HTTPS else ["localhost", "127.0.0.1"])
REDIS_URL = env.str("REDIS_URL", "")
FILES_ROOT = Path(env.str("FILES_ROOT", str(VAR_DIR / "files")))
PORTAL_URL = env.str("PORTAL_URL", f"{'https' if HTTPS else 'http'}://{(ALLOWED_HOSTS or ['localhost'])[0]}").rstrip(
    "/"
)
CLOCK_IS_MOVABLE = not HTTPS  # a rehearsal, the demo and tests may move the clock; production settings refuse it

# --- Applications -------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "gen_portal",
    "gen_portal.core",
    "applications",
    "labelling",
    "fabriques",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crispy_forms",
    "django_filters",
    "dsfr",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "gen_portal.core.middleware.ResponseHeadersMiddleware",
    "gen_portal.core.middleware.RejectNullBytesMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gen_portal.core.middleware.MaintenanceMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gen_portal.core.middleware.SessionLimitsMiddleware",
    "gen_portal.core.middleware.SignInMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gen_portal.core.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "gen_portal.urls"
WSGI_APPLICATION = "gen_portal.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gen_portal.context.page",
            ],
            "builtins": ["gen_portal.templatetags.gen"],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "dsfr_crispy"
CRISPY_TEMPLATE_PACK = "dsfr_crispy"
CRISPY_FAIL_SILENTLY = False

# --- Database -----------------------------------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'portal.sqlite3'}")}
_database = DATABASES["default"]
if _database["ENGINE"] == "django.db.backends.sqlite3":
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    _database["OPTIONS"] = {
        "options": "-c statement_timeout=10000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=30000"
    }
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "core_cache"}}

# --- Accounts -----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = ["gen_portal.core.signed_in.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 3600
PASSWORD_HASHERS = [
    "gen_portal.core.passwords.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "first_name", "last_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "gen_portal.core.passwords.ObviousPasswordValidator"},
]
ACCOUNT_ADAPTER = "gen_portal.core.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "gen_portal.core.accounts.SignupNameForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 2
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = False
#: Beside allauth's own: the forms that anybody may send without an account.
ACCOUNT_RATE_LIMITS = {"alert_ask": "20/h/ip,5/d/key", "error_tell": "10/h/ip"}
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Grande école du numérique"
MFA_RECOVERY_CODE_COUNT = 10
SECOND_FACTOR_MAX_AGE = 600  # seconds: how old a second factor may be when one signs

ACCOUNT_FORMS = {
    "login": "gen_portal.demo.forms.DemoLoginForm" if DEMO else "gen_portal.account_forms.LoginForm",
    "signup": "gen_portal.account_forms.SignupForm",
    "add_email": "gen_portal.account_forms.AddEmailForm",
    "change_password": "gen_portal.account_forms.ChangePasswordForm",
    "reset_password": "gen_portal.account_forms.ResetPasswordForm",
    "reset_password_from_key": "gen_portal.account_forms.ResetPasswordKeyForm",
    "reauthenticate": "gen_portal.account_forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "gen_portal.account_forms.SecondFactorForm",
    "reauthenticate": "gen_portal.account_forms.SecondFactorAgainForm",
    "activate_totp": "gen_portal.account_forms.ActivateTOTPForm",
}

# --- Language and time --------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français")]
TIME_ZONE = "Europe/Paris"
USE_TZ = True

# --- Files --------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"


def _package_folder(package):
    """Where an XStatic package keeps its files: found without importing it."""
    return str(Path(find_spec(package).origin).parent / "data")


STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("leaflet", _package_folder("xstatic.pkg.leaflet")),
    ("markercluster", _package_folder("xstatic.pkg.leaflet_markercluster")),
]
STORAGES = {
    "default": {
        "BACKEND": "gen_portal.core.storage.PrivateStorage",
        "OPTIONS": {"location": FILES_ROOT, "base_url": None},
    },
    "staticfiles": {
        "BACKEND": "gen_portal.core.storage.HashedStaticStorage"
        if HTTPS
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not HTTPS
WHITENOISE_AUTOREFRESH = DEBUG
DSFR_USE_INTEGRITY_CHECKSUMS = False  # the hashed style sheet no longer matches its published checksum
UPLOAD_MAX_BYTES = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_MAX_BYTES  # what may be kept never touches the disk before it was checked
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 10
DOSSIER_MAX_FILES = 20
STRUCTURE_MAX_BYTES = 1024 * 1024 * 1024  # of all its dossiers, earlier versions included
CLAMAV_URL = env.str("CLAMAV_URL", "")  # tcp://host:3310 or unix:///path/of/the/socket
CLAMAV_TIMEOUT = 30  # seconds for one file, whatever the daemon does

# --- Mail ---------------------------------------------------------------------------------------------------------
EMAIL_TIMEOUT = 10
vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))
if DEMO and not env.str("EMAIL_URL", ""):
    EMAIL_BACKEND = "gen_portal.demo.mailbox.MailboxBackend"
EMAIL_LOOKUP_URL = env.str("EMAIL_LOOKUP_URL", "")  # where the relay answers 200 or 404 for a Message-ID, if it can
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Grande école du numérique <ne-pas-repondre@gen.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
DEMO_MAILBOX = VAR_DIR / "mails"

# --- Security -----------------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}
PERMISSIONS_POLICY = {name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "gen_portal.views.csrf_failure"
SIGNED_COOKIE_LEGACY_SALT_FALLBACK = False
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-gen_session"
    CSRF_COOKIE_NAME = "__Host-gen_csrf"
    CSRF_TRUSTED_ORIGINS = [f"https://{'*' if host.startswith('.') else ''}{host}" for host in ALLOWED_HOSTS]

# --- Celery -------------------------------------------------------------------------------------------------------
BROKER_DIR = VAR_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 300, "socket_connect_timeout": 1, "socket_timeout": 5}
    if REDIS_URL
    else {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {"tick": {"task": "gen_portal.tasks.tick", "schedule": 60.0}}
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# --- Logs ---------------------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "gen_portal.core.logs.JsonFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "celery.beat": {"level": "WARNING"},
        "kombu.connection": {"level": "ERROR"},  # a file-system broker has no host to name
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
SILENCED_SYSTEM_CHECKS = []
