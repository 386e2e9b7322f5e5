"""The reference as a page: Swagger UI from its wheel's files, asking no other host."""

from importlib.resources import as_file, files

from apiflask import APIBlueprint
from flask import Response, render_template, send_from_directory

from service.web.guard import open_to_all
from service.web.problems import refuse

blueprint = APIBlueprint("docs", __name__, enable_openapi=False)
_ASSETS = frozenset({"swagger-ui.css", "swagger-ui-bundle.js"})


@blueprint.get("/docs")
@open_to_all
def page() -> str:
    """The reference of the API, to read and to try."""
    return render_template("docs.html")


@blueprint.get("/docs/assets/<name>")
@open_to_all
def asset(name: str) -> Response:
    """One of the two files that the page needs."""
    if name not in _ASSETS:
        refuse(404, "No such file", "The reference has no such file.")
    with as_file(files("flask_swagger_ui") / "dist") as folder:
        return send_from_directory(folder, name, max_age=3600)
