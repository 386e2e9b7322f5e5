"""How an answer goes out: JSON, CSV or the hubs' long form, with a strong tag to ask again by."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from flask import Response, request
from pydantic import BaseModel
from werkzeug.datastructures import MIMEAccept

from service.plans.files import XLSX_MEDIA, csv_text
from service.web import context
from service.web.problems import Fault, refuse

Format = Literal["json", "csv", "hub", "xlsx"]
Described = dict[int | str, dict[str, str | dict[str, dict[str, Any]]]]
_MEDIA = {"json": "application/json", "csv": "text/csv", "xlsx": XLSX_MEDIA}
_HEADERS = "; charset=utf-8; header=present"


def asked_format(named: Format | None, offered: Sequence[Format] = ("json", "csv")) -> Format:
    """The form to answer in: what `format` names, else what the Accept header likes best.

    Ends the request with 406 if the header accepts none of them.
    """
    if named is not None:
        return named
    accepted: MIMEAccept = request.accept_mimetypes
    if not accepted:
        return "json"
    forms = {_MEDIA[name]: name for name in offered if name in _MEDIA}
    best = accepted.best_match(list(forms))
    if best is None:
        fault = Fault(location="header", field="Accept", wanted=", ".join(forms))
        wanted = " or ".join(forms)
        refuse(406, "Not acceptable", f"Ask for {wanted}, or leave the Accept header out.", [fault])
    return forms[best]


def described(
    status: int, words: str, schema: dict[str, Any], *, media: str = "application/json"
) -> Described:
    """One more answer of a route for the OpenAPI document; `schema` may be a reference."""
    return {status: {"description": words, "content": {media: {"schema": schema}}}}


def json_response(answer: BaseModel, status: int = 200) -> Response:
    """An answer as JSON; a number that is not known is null."""
    return Response(answer.model_dump_json(by_alias=True) + "\n", status, mimetype="application/json")


def csv_response(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Response:
    """Rows as CSV with a header; what is not known is empty, and no text begins like a formula."""
    return csv_of(csv_text(columns, rows))


def csv_of(text: str) -> Response:
    """Text that is CSV with a header."""
    return Response(text, mimetype="text/csv", content_type=_MEDIA["csv"] + _HEADERS)


def workbook_of(content: bytes, name: str) -> Response:
    """A workbook to be saved under a name."""
    response = Response(content, mimetype=XLSX_MEDIA)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def tagged(response: Response) -> Response:
    """Give a 200 of the API its strong tag and answer 304 where the caller already holds it.

    A published issue never changes, but what a reader may see of it does: the tag covers the content
    (and with it the issue), its form, the reader's scope and the version of what is withheld.
    """
    if request.method not in {"GET", "HEAD"} or response.status_code != 200 or response.direct_passthrough:
        return response
    scope = context.scope()
    seen = "*" if scope.everything else ",".join(sorted(scope.places))
    parts = (response.content_type, seen, context.told().version, request.full_path)
    digest = hashlib.sha256("\n".join(map(str, parts)).encode() + b"\n" + response.get_data())
    response.set_etag(digest.hexdigest()[:40])
    response.headers["Cache-Control"] = "private, max-age=0, must-revalidate"
    response.vary.update(("Authorization", "Accept"))
    response.make_conditional(request)
    return response
