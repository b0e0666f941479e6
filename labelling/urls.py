"""Urls of this floor, in French."""

from django.urls import path

from labelling.views import (
    assignment,
    board,
    decisions,
    interests,
    inviting,
    labels,
    people,
    proposals,
    results,
    reviews,
    signatures,
)

urlpatterns = [
    path("gestion/candidatures/<str:reference>/evaluateurs/", assignment.assignment_edit, name="assignment_edit"),
    path(
        "gestion/candidatures/<str:reference>/evaluateurs/<int:pk>/",
        assignment.assignment_written,
        name="assignment_written",
    ),
    path("gestion/appels/<slug:slug>/repartition/", proposals.proposal_ask, name="proposal_ask"),
    path("gestion/repartitions/<int:pk>/", proposals.proposal_page, name="proposal_page"),
    path("gestion/appels/<slug:slug>/evaluations/", assignment.review_progress, name="review_progress"),
    path("gestion/appels/<slug:slug>/tableau/", board.call_board, name="call_board"),
    path("gestion/appels/<slug:slug>/tableau/export/", board.board_export, name="board_export"),
    path("gestion/instructeurs/", people.people_list, name="people_list"),
    path("gestion/instructeurs/inviter/", inviting.people_invite, name="people_invite"),
    path("gestion/instructeurs/modele.xlsx", inviting.people_template, name="people_template"),
    path("gestion/instructeurs/<int:pk>/", people.person_page, name="person_page"),
    path("gestion/instructeurs/<int:pk>/depart/", people.person_leave, name="person_leave"),
    path("evaluations/", reviews.review_list, name="review_list"),
    path("evaluations/disponibilites/", people.terms_edit, name="terms_edit"),
    path("absences/de/<int:pk>/", people.absence_add, name="absence_add"),
    path("absences/<int:pk>/supprimer/", people.absence_drop, name="absence_drop"),
    path("evaluations/declaration/<slug:slug>/", interests.declaration_sign, name="declaration_sign"),
    path("declarations-d-interets/<int:pk>/", interests.declaration_page, name="declaration_page"),
    path("gestion/appels/<slug:slug>/declarations/", interests.declaration_list, name="declaration_list"),
    path("evaluations/<str:reference>/", reviews.review_page, name="review_page"),
    path("evaluations/<str:reference>/deposer/", reviews.review_submit, name="review_submit"),
    path("evaluations/<str:reference>/deport/", reviews.review_recuse, name="review_recuse"),
    path("evaluations/<str:reference>/pieces/<int:pk>/", reviews.review_attachment, name="review_attachment"),
    path("gestion/appels/<slug:slug>/decisions/", decisions.decision_list, name="decision_list"),
    path("gestion/candidatures/<str:reference>/decision/", decisions.decision_edit, name="decision_edit"),
    path("gestion/decisions/<int:pk>/signer/", signatures.decision_sign, name="decision_sign"),
    path("gestion/decisions/<int:pk>/contresigner/", signatures.decision_countersign, name="decision_countersign"),
    path("gestion/decisions/<int:pk>/rouvrir/", signatures.decision_reopen, name="decision_reopen"),
    path("gestion/labels/<str:reference>/abandon/", labels.label_give_up, name="label_give_up"),
    path("candidatures/<str:reference>/resultat/", results.application_result, name="application_result"),
]
