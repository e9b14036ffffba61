"""`conductord`: serve jobs until told to stop."""

import argparse
import asyncio
import logging
import sys

from conductord.config import ConfigError, Settings, load_settings

FAILED = 1
USAGE = 2


def main(argv: list[str] | None = None) -> int:
    """Run the daemon. 0: ended as asked; 1: cannot serve; 2: wrong settings."""
    try:
        settings = load_settings(_flags(argv))
    except ConfigError as error:
        sys.stderr.write(f"conductord: {error}\n")
        return USAGE
    logging.basicConfig(
        level=settings.log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    # Imported here, so that a wrong setting is told without loading the whole daemon.
    from conductord.store import StoreError
    from daemonrpc import ActivationError, SocketFileError

    try:
        asyncio.run(_serve(settings))
    except (StoreError, ActivationError, SocketFileError) as error:
        sys.stderr.write(f"conductord: {error}\n")
        return FAILED
    return 0


async def _serve(settings: Settings) -> None:
    from conductord.daemon import Daemon
    from daemonrpc import ServiceManager, inherited_listener

    await Daemon(settings, inherited_listener(), ServiceManager.from_environment()).run()


def _flags(argv: list[str] | None) -> dict[str, str | None]:
    """One flag for each setting, and `--config` for the file of settings."""
    parser = argparse.ArgumentParser(prog="conductord", description="Run jobs until told to stop.")
    parser.add_argument("--config", metavar="FILE", help="file of settings")
    for name in Settings.__struct_fields__:
        if name not in {"config_file", "origins"}:
            parser.add_argument(f"--{name.replace('_', '-')}", metavar="VALUE", help=f"setting {name}")
    return vars(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
