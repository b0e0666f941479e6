"""What the API answers when it refuses: problem details (RFC 9457), in French."""

from fabriques.map_documents import as_json

PROBLEM = "application/problem+json"


class Problem(Exception):
    """A refusal: the status, a title, and what is wrong with each parameter."""

    def __init__(self, status, title, faults=()):
        super().__init__(title)
        self.status, self.title, self.faults = status, title, list(faults)

    @property
    def body(self):
        detail = " ".join(f"{fault['parametre']} : {fault['message']}" for fault in self.faults) or self.title
        return as_json(
            {
                "type": "about:blank",
                "title": self.title,
                "status": self.status,
                "detail": detail,
                "erreurs": self.faults,
            }
        )
