// Reads {subjects: [{name, schema, values: [JSON text]}]} from stdin and writes, for each subject, what ajv says to each
// value: true or false. JSON Schema 2020-12, all keywords known, formats asserted.
"use strict";
const Ajv = require("ajv/dist/2020");
const addFormats = require("ajv-formats");

const ajv = new Ajv({ strict: true, strictRequired: false, strictTypes: false, allowUnionTypes: true, validateFormats: true });
addFormats(ajv, ["date-time", "uuid", "int64"]);
const NOTES = ["values", "value-notes", "deprecated", "since", "widened", "name", "sensitive", "constraints", "type", "open"];
for (const note of NOTES) ajv.addKeyword(`x-${note}`); // what our schemas say besides, and any other keyword is an error

let text = "";
process.stdin.setEncoding("utf8");
process.stdin.on("data", (chunk) => (text += chunk));
process.stdin.on("end", () => {
  const verdicts = JSON.parse(text).subjects.map(({ schema, values }) => {
    const validate = ajv.compile(schema);
    return values.map((value) => validate(JSON.parse(value)));
  });
  process.stdout.write(JSON.stringify(verdicts));
});
