"""An S3-compatible storage for a test: prints its address, and ends when standard input does. Anybody may read and write its
bucket, so that the test need not sign what it asks.

usage: s3.py BUCKET
"""

import json
import sys
import urllib.request

from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
endpoint = f"http://{host}:{port}"
bucket = sys.argv[1]
allowed = {
    "Effect": "Allow",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
}
policy = json.dumps({"Version": "2012-10-17", "Statement": [allowed]}).encode()
json_type = {"Content-Type": "application/json"}
for path, body, headers in [("", None, {}), ("?policy", policy, json_type)]:
    address = f"{endpoint}/{bucket}{path}"
    urllib.request.urlopen(urllib.request.Request(address, body, headers, method="PUT"))
print(json.dumps({"endpoint": endpoint}), flush=True)
sys.stdin.read()
server.stop()
