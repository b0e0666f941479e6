"""Territory: regions, departments and communes with their time zones, loaded by `manage.py load_territory`."""

from django.db import models

from gen_portal.core.text import fold

#: Communes of unknown population come last, on both databases.
LARGEST_FIRST = [models.F("population").desc(nulls_last=True), "name", "code"]
#: How a folded name may begin before the word that people type (La Rochelle, L'Île-d'Yeu).
ARTICLES = ("", "le ", "la ", "les ", "l ")


class Region(models.Model):
    """A region, or an overseas collectivity standing for one (same code as its department)."""

    code = models.CharField("code", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=80)
    time_zone = models.CharField("fuseau horaire", max_length=40)
    is_overseas = models.BooleanField("outre-mer", default=False)
    is_collectivity = models.BooleanField("collectivité d'outre-mer", default=False)

    class Meta:
        verbose_name = "région"
        ordering = ["is_overseas", "name"]

    def __str__(self):
        return self.name


class Department(models.Model):
    code = models.CharField("code", max_length=3, primary_key=True)
    name = models.CharField("nom", max_length=80)
    region = models.ForeignKey(Region, models.PROTECT, verbose_name="région", related_name="departments")

    class Meta:
        verbose_name = "département"
        ordering = ["code"]

    def __str__(self):
        return f"{self.name} ({self.code})"


class CommuneQuerySet(models.QuerySet):
    def matching(self, text):
        """By the beginning of a postcode, or of the name with or without its article; accents and case folded."""
        words = fold(text)
        if words.isdigit():
            return self.filter(postcodes__contains=f"|{words}").order_by(*LARGEST_FIRST)
        names = models.Q()
        for article in ARTICLES:
            names |= models.Q(folded_name__startswith=article + words)
        return self.filter(names).order_by(*LARGEST_FIRST)


class Commune(models.Model):
    """A commune, by its INSEE code. Population and coordinates may be unknown."""

    code = models.CharField("code INSEE", max_length=5, primary_key=True)
    name = models.CharField("nom", max_length=80)
    folded_name = models.CharField(max_length=80, db_index=True, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name="département")
    postcodes = models.CharField("codes postaux", max_length=400, help_text="entre barres : |75001|75002|")
    population = models.PositiveIntegerField("population", null=True, blank=True)
    latitude = models.DecimalField("latitude", max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField("longitude", max_digits=8, decimal_places=5, null=True, blank=True)
    time_zone = models.CharField("fuseau horaire", max_length=40)

    objects = CommuneQuerySet.as_manager()

    class Meta:
        verbose_name = "commune"
        ordering = ["name", "code"]

    def __str__(self):
        return f"{self.name} ({self.department_id})"

    @property
    def postcode_list(self):
        return [code for code in self.postcodes.split("|") if code]
