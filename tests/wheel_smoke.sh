#!/usr/bin/env bash
# Installs the built wheel into a fresh environment, without and then with its extras, and makes real calls with it.
set -euo pipefail
python=${1:-python3}
wheel=$(ls "$(cd "$(dirname "$0")/.." && pwd)"/dist/daemonrpc-*.whl)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT

"$python" -m venv "$place/venv"
pip() { "$place/venv/bin/python" -m pip --disable-pip-version-check -q "$@"; }

pip install "$wheel"
cd "$place"
echo "the runtime alone: $("$place/venv/bin/python" -m pip --disable-pip-version-check list --format=freeze | grep -vE '^(pip|setuptools)=' | tr '\n' ' ')"
"$place/venv/bin/python" - <<'PY'
import asyncio

from conductor_api import SERVICE, DaemonClientSync
from daemonrpc import Channel, DaemonServer, RequestHandler


async def main() -> None:
    handler = RequestHandler()
    handler.register("sum", lambda params, context: sum(params))
    async with DaemonServer("s.sock", handler), Channel("s.sock") as channel:
        assert await channel.call("sum", [1, 2, 3]) == 6


asyncio.run(main())
assert SERVICE.document().startswith(b"{"), "the wheel lacks the OpenRPC document"
assert not DaemonClientSync("s.sock").is_daemon_running()
PY
"$place/venv/bin/daemonrpc" --version

pip install "$wheel[codegen,conductor]"
mkdir schema
printf 'service: Greeter\npackage: greeter_api\nversion: 1.0.0\ndoc: Greets.\nmethods:\n  greet: {doc: Greets., params: {name: {type: str, doc: Whom.}}, result: str}\n' > schema/methods.yaml
"$place/venv/bin/daemonrpc" generate --schema schema/methods.yaml --out generated
PYTHONPATH=generated "$place/venv/bin/python" -c "from greeter_api import GreeterClient; print(GreeterClient.greet.__doc__)"
"$place/venv/bin/daemonrpc" init greeter > /dev/null
(cd greeter && "$place/venv/bin/daemonrpc" check)
"$place/venv/bin/conductor" --version
"$place/venv/bin/conductord" --help > /dev/null
echo "1 passed, 0 failed"
