"""Headers of every answer: no foreign host, no script but our own, no frame, no sniffing, no referrer."""

from flask import Flask, Response
from secure import (
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    XContentTypeOptions,
    XFrameOptions,
)


def _policy() -> ContentSecurityPolicy:
    return (
        ContentSecurityPolicy()
        .default_src("'none'")
        .script_src("'self'")
        .style_src("'self'")
        .img_src("'self'", "data:")
        .connect_src("'self'")
        .form_action("'self'")
        .base_uri("'none'")
        .frame_ancestors("'none'")
    )


_STYLED_WITHIN = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)
HEADERS = Secure(
    csp=_policy(),
    coop=CrossOriginOpenerPolicy().same_origin(),
    corp=CrossOriginResourcePolicy().same_origin(),
    permissions=PermissionsPolicy().camera().microphone().geolocation(),
    referrer=ReferrerPolicy().no_referrer(),
    xcto=XContentTypeOptions().nosniff(),
    xfo=XFrameOptions().deny(),
)


def styled_within(response: Response) -> Response:
    """Let a document that runs nothing and asks nobody, as a mail does, bring its styles within itself."""
    response.headers["Content-Security-Policy"] = _STYLED_WITHIN
    return response


def register_headers(app: Flask) -> None:
    """Set the headers on every answer, errors included."""

    @app.after_request
    def protect(response: Response) -> Response:
        own = response.headers.get("Content-Security-Policy")
        HEADERS.set_headers(response)
        if own is not None:
            response.headers["Content-Security-Policy"] = own
        return response
