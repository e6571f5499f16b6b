"""The application of the lesson: three pages to be spoken to by hand.

`python app.py PORT` serves it on 127.0.0.1 with Flask's own server (port 0: any free port, which
the server names on stderr); `gunicorn -b 127.0.0.1:PORT app:app` does so with a production server.
"""

import sys

from flask import Flask, Response, request

app = Flask(__name__)


@app.get("/hello")
def hello():
    return Response("Hello from Flask!\n", mimetype="text/plain")


@app.post("/login")
def login():
    # Who types the form by hand ends it with Enter, and the lesson's Content-Length counts that
    # byte: it is no part of the password.
    username = request.form.get("username", "")
    password = request.form.get("password", "").rstrip("\r\n")
    if (username, password) == ("student", "welcome"):
        return Response(f"Welcome, {username}!\n", mimetype="text/plain")
    return Response("Wrong username or password.\n", status=401, mimetype="text/plain")


@app.post("/save")
def save():
    return request.get_json()


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
