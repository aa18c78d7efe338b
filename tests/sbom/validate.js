// validate.js SCHEMA LAZYTOOLS REQUESTS CYCLONEDX SPDX: makes the bills of this repository's own lock, and holds them and the given
// ones against the formats' own schemas.
"use strict";

const assert = require("assert");
const { execFileSync } = require("child_process");
const fs = require("fs");
const os = require("os");
const path = require("path");
const addFormats = require("ajv-formats").default;
const addMoreFormats = require("ajv-formats-draft2019");

const [spdxSchema, lazytools, requests, cyclonedx, spdx] = process.argv.slice(2);
const read = (file) => JSON.parse(fs.readFileSync(file, "utf8"));

function validator(Ajv, schema, others) {
  // Not strict: the schemas have keywords of their own, as in `meta:enum`.
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  addMoreFormats(ajv);
  others.forEach((other) => ajv.addSchema(other));
  return ajv.compile(schema);
}

const schemas = (name) => read(path.join(process.env.CYCLONEDX_SCHEMAS, `${name}.SNAPSHOT.schema.json`));
const isCyclonedx = validator(require("ajv").default, schemas("bom-1.6"), [
  // The schema names the others as the package has them.
  { ...schemas("spdx"), $id: "http://cyclonedx.org/schema/spdx.SNAPSHOT.schema.json" },
  { ...schemas("jsf-0.82"), $id: "http://cyclonedx.org/schema/jsf-0.82.SNAPSHOT.schema.json" },
]);
const isSpdx = validator(
  require("ajv/dist/2019").default,
  // `#` at its end is an empty fragment, which ajv does not take off.
  { ...read(spdxSchema), $schema: "https://json-schema.org/draft/2019-09/schema" },
  [],
);

function valid(validate, file) {
  const document = read(file);
  assert(validate(document), `${file}: ${JSON.stringify(validate.errors, null, 2)}`);
  return document;
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bills-"));
const [ownCyclonedx, ownSpdx] = ["own.cdx.json", "own.spdx.json"].map((name) => path.join(folder, name));
execFileSync(
  lazytools,
  [
    "pin",
    "--check",
    `--requests=${requests}`,
    `--workspace=${path.join(path.dirname(requests), "files")}`,
    `--sbom=cyclonedx=${ownCyclonedx}`,
    `--sbom=spdx=${ownSpdx}`,
  ],
  { stdio: "inherit", env: { ...process.env, BUILD_WORKING_DIRECTORY: "" } },
);

valid(isCyclonedx, cyclonedx);
valid(isSpdx, spdx);
const bill = valid(isCyclonedx, ownCyclonedx);
const packages = valid(isSpdx, ownSpdx).packages;
const named = bill.components.filter((component) => component.purl === "pkg:npm/ajv@8.17.1");
assert.strictEqual(named.length, 1, "this test's own validator is in the bill");
assert.deepStrictEqual(named[0].licenses, [{ expression: "MIT" }]);
assert.strictEqual(packages.length, bill.components.length, "both bills name the same");

// That the validators see what is wrong.
const wrong = (validate, file, change) => {
  const document = read(file);
  change(document);
  assert(!validate(document), `${file} was changed, and found right`);
};
wrong(isCyclonedx, cyclonedx, (document) => (document.components[1].hashes[0].alg = "SHA256"));
wrong(isCyclonedx, cyclonedx, (document) => (document.metadata.timestamp = "today"));
wrong(isSpdx, spdx, (document) => delete document.creationInfo.created);
wrong(isSpdx, spdx, (document) => (document.packages[1].checksums[0].algorithm = "SHA-256"));
