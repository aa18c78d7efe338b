// Serves a folder on this machine alone while a program runs: what a `populate` rule needs where a tool fills its cache
// only from a registry.
//
//     node serve.js FOLDER PROGRAM ARG…
//
// {served} in the arguments, and in the values of variables, is the address. The file of a path is the path below FOLDER;
// nothing else is served, and the exit code is the program's.
"use strict";
const { spawn } = require("node:child_process");
const { createReadStream, statSync } = require("node:fs");
const { createServer } = require("node:http");
const { join, normalize } = require("node:path");

const [folder, program, ...args] = process.argv.slice(2);

/** Answers with a file of the folder. */
function answer(request, response) {
  const path = join(folder, normalize(`/${decodeURIComponent(request.url.split("?")[0])}`));
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) {
    console.error(`serve.js: ${request.method} ${request.url}: not in ${folder}`);
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { "content-length": found.size });
  if (request.method === "HEAD") response.end();
  else createReadStream(path).pipe(response);
}

const server = createServer(answer);
server.listen(0, "127.0.0.1", () => {
  const fill = (text) => text.replaceAll("{served}", `http://127.0.0.1:${server.address().port}`);
  const env = Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, fill(value)]));
  const child = spawn(program, args.map(fill), { env, stdio: "inherit" });
  child.on("error", (error) => {
    console.error(`serve.js: ${program}: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code) => process.exit(code ?? 1));
});
