"""The API's own document: valid OpenAPI 3.1, complete, and the same for everyone."""

import re

from apiflask import APIFlask
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from tests.service.web.world import World


def test_the_document_is_valid_openapi_3_1(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_reference_in_the_document_leads_somewhere(client: FlaskClient) -> None:
    text = client.get("/openapi.json").get_data(as_text=True)
    schemas = client.get("/openapi.json").get_json()["components"]["schemas"]
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', text))
    assert named <= set(schemas)


def test_the_document_says_what_the_service_is_not_for(client: FlaskClient) -> None:
    assert "not for stopping" in client.get("/openapi.json").get_json()["info"]["description"]


def test_every_operation_tells_its_refusals_in_the_one_shape(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400 and (path, status) != ("/readyz", "503"):
                    assert list(response["content"]) == ["application/problem+json"], (path, status)
            assert operation["summary"]


def test_every_parameter_is_bounded_and_described(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for parameter in operation["parameters"]:
                schema = parameter["schema"]
                assert parameter["in"] == "path" or parameter["description"], (path, parameter["name"])
                if schema["type"] in {"integer", "number"}:
                    assert {"minimum", "maximum"} <= set(schema), (path, parameter["name"])
                if schema["type"] == "array":
                    assert parameter["explode"] is False
                    assert {"maxItems", "uniqueItems"} & set(schema)


def test_the_host_a_caller_names_is_not_kept_in_the_document(app: APIFlask) -> None:
    text = app.test_client().get("/openapi.json", headers={"Host": "evil.example"}).get_data(as_text=True)
    assert "evil.example" not in text


def test_the_reference_page_and_all_it_loads_come_from_here(client: FlaskClient) -> None:
    page = client.get("/docs").get_data(as_text=True)
    loaded = re.findall(r'(?:src|href|data-document)="([^"]+)"', page)
    assert len(loaded) >= 4
    for address in loaded:
        assert address.startswith("/")
        assert client.get(address).status_code == 200


def test_every_answer_forbids_other_hosts_and_inline_scripts(client: FlaskClient, world: World) -> None:
    for path in ("/", "/docs", "/v1/places", "/v1/nowhere", "/openapi.json", "/static/page.css"):
        headers = client.get(path, headers=world.headers("analyst")).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "http" not in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "no-referrer"
