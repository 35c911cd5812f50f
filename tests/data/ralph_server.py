"""Ralph, the learning record store of France Université Numérique, for a test: prints its address, and ends when standard input does.
Who asks is `pipe` with the secret `secret`.

usage: ralph_server.py fs FOLDER | ralph_server.py mongo FOLDER URI
"""

import json
import os
import socket
import sys
import threading
from pathlib import Path

import bcrypt


def end_with_input():
    sys.stdin.read()
    os._exit(0)


# Clients that come while Ralph is still imported wait to be accepted.
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen()
threading.Thread(target=end_with_input, daemon=True).start()
print("http://127.0.0.1:%d" % listener.getsockname()[1], flush=True)

backend, folder = sys.argv[1], Path(sys.argv[2])
people = folder / "people.json"
hashed = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()
agent = {"mbox": "mailto:ralph@example.org"}
person = {"username": "pipe", "hash": hashed, "scopes": ["all"], "agent": agent, "target": None}
people.write_text(json.dumps([person]))
os.environ["RALPH_AUTH_FILE"] = str(people)
os.environ["RALPH_RUNSERVER_BACKEND"] = backend
os.environ["RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH"] = str(folder)
if backend == "mongo":
    server, _, database = sys.argv[3].rpartition("/")
    os.environ["RALPH_BACKENDS__LRS__MONGO__CONNECTION_URI"] = server + "/"
    os.environ["RALPH_BACKENDS__LRS__MONGO__DEFAULT_DATABASE"] = database

# Ralph reads its settings where it is imported.
import uvicorn  # noqa: E402
from ralph.api import app  # noqa: E402
from ralph.backends.data.base import BaseOperationType  # noqa: E402
from ralph.backends.lrs.fs import FSLRSBackend  # noqa: E402

# As it comes it writes its file once and answers 500 to the second request.
FSLRSBackend.default_operation_type = BaseOperationType.APPEND

uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
