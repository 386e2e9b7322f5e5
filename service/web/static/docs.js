"use strict";
window.addEventListener("load", function () {
  window.SwaggerUIBundle({
    url: document.getElementById("reference").dataset.document,
    dom_id: "#reference",
    deepLinking: true,
    validatorUrl: null,
    persistAuthorization: false,
    tryItOutEnabled: true,
    presets: [window.SwaggerUIBundle.presets.apis],
    layout: "BaseLayout",
  });
});
