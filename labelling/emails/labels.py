"""What structures are told about their labels after the publication."""


from gen_portal.core import outbox
from labelling.emails.decisions import recipients


def tell_given_up(event):
    """To the structure's owners: the loss of the label is recorded, from which day and on what ground."""
    label = event.label
    context = {
        "label": label,
        "event": event,
        "reason": "\n".join(f"> {line}" for line in event.note.splitlines()),
        "url": outbox.url_of("label_page", label.reference),
    }
    for person in recipients([label.decision])[label.training.structure_id]:
        subject_line, markdown = outbox.render("label_given_up", context | {"person": person})
        outbox.post(
            key=f"label-given-up:{event.pk}:{person.pk}",
            kind="label_given_up",
            to=person.email,
            subject_line=subject_line,
            markdown=markdown,
            about=label,
            is_legal=True,
        )
