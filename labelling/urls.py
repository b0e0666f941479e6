"""Urls of this floor, in French."""

from django.urls import path

from labelling.views import assignment, board, reviews

urlpatterns = [
    path("gestion/candidatures/<str:reference>/evaluateurs/", assignment.assignment_edit, name="assignment_edit"),
    path("gestion/appels/<slug:slug>/tableau/", board.call_board, name="call_board"),
    path("gestion/appels/<slug:slug>/tableau/export/", board.board_export, name="board_export"),
    path("evaluations/", reviews.review_list, name="review_list"),
    path("evaluations/<str:reference>/", reviews.review_page, name="review_page"),
    path("evaluations/<str:reference>/deposer/", reviews.review_submit, name="review_submit"),
    path("evaluations/<str:reference>/deport/", reviews.review_recuse, name="review_recuse"),
    path("evaluations/<str:reference>/pieces/<int:pk>/", reviews.review_attachment, name="review_attachment"),
]
