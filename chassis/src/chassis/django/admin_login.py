"""The log-in page of an admin, which tells whoever has tried too often so, with the status of the API's answer."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse

from chassis.problems import Problem

_CODE = "second_factor_code"


class LoginForm(AdminAuthenticationForm):
    """Takes a Problem that a backend raises for a fault of the form."""

    problem: Problem | None = None
    code = forms.CharField(
        label="Code, where your account asks for one",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def clean(self) -> Any:
        setattr(self.request, _CODE, self.cleaned_data.get("code"))
        try:
            return super().clean()
        except Problem as problem:
            self.problem = problem
            raise ValidationError(problem.detail, code=problem.code) from None


def code_of(request: HttpRequest | None) -> str | None:
    """What was typed as the code of a second factor: for backends, to which Django passes name and password alone."""
    return getattr(request, _CODE, None) or None


def log_in(request: HttpRequest) -> HttpResponseBase:
    """The page; belongs at the path of the admin's own, before it."""
    admin.site.login_form = LoginForm
    admin.site.login_template = "chassis/login.html"
    response = admin.site.login(request)
    form = (response.context_data or {}).get("form") if isinstance(response, TemplateResponse) else None
    if isinstance(form, LoginForm) and form.problem:
        response.status_code = form.problem.status
        for name, value in form.problem.headers.items():
            response[name] = value
    return response
