"""A private npm registry on the loopback with one package, for credentials_test.sh.

Its arguments: a tarball, and a folder in which it writes `port` and, for each request, a line of `log`: the method, the
path and what was sent as authorization.
"""

import base64
import hashlib
import http.server
import json
import pathlib
import sys

TARBALL = pathlib.Path(sys.argv[1]).read_bytes()
FOLDER = pathlib.Path(sys.argv[2])
WANTED = "Bearer hush-4f1c"


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        sent = self.headers.get("authorization", "nothing")
        with (FOLDER / "log").open("a") as log:
            print(self.command, self.path, sent, file=log)
        if sent != WANTED:
            return self.send(401, b"")
        if self.path.endswith(".tgz"):
            return self.send(200, TARBALL)
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(TARBALL).digest()).decode()
        return self.send(200, json.dumps({"dist": {"integrity": integrity}}).encode())

    do_GET = do_HEAD = answer

    def send(self, status, body):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
(FOLDER / "port.new").write_text(str(server.server_address[1]))
(FOLDER / "port.new").rename(FOLDER / "port")
server.serve_forever()
