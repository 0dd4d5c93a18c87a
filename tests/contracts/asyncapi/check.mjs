// Reads AsyncAPI documents, and prints what the parser says of each: {"<file>": [{severity, code, message, path}]}.
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

const parser = new Parser();
const said = {};
for (const file of process.argv.slice(2)) {
  const { diagnostics } = await parser.parse(readFileSync(file, "utf8"), { source: file });
  said[file] = diagnostics.map(({ severity, code, message, path }) => ({ severity, code, message, path: path.join("/") }));
}
console.log(JSON.stringify(said));
