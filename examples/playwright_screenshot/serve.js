// The page, and the font that it asks for, on loopback.
const fs = require("node:fs");
const http = require("node:http");

const files = {
  "/": ["text/html", `${__dirname}/index.html`],
  "/inter.woff2": ["font/woff2", require.resolve("@fontsource-variable/inter/files/inter-latin-wght-normal.woff2")],
};

http
  .createServer((request, response) => {
    const [type, path] = files[request.url] ?? [];
    if (!path) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": type }).end(fs.readFileSync(path));
  })
  .listen(8080, "127.0.0.1");
