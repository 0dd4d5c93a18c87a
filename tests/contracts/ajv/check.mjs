// Compiles JSON Schemas in strict mode, and says of each why it is refused, or which of its examples are valid.
// check.mjs CASES: a file with [{schema, examples}]; prints [{refused}] or [{valid: [true, ...]}], in the same order.
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import formats from "ajv-formats";

const said = JSON.parse(readFileSync(process.argv[2], "utf8")).map(({ schema, examples }) => {
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  formats.default(ajv);
  try {
    const isValid = ajv.compile(schema);
    return { valid: examples.map((example) => isValid(example)) };
  } catch (error) {
    return { refused: error.message };
  }
});
console.log(JSON.stringify(said));
