"""`feedback collect`: the light form by itself, in as many processes as there are cores."""

from typing import Annotated

import typer

from feedback.cli.console import database, say


def collect(
    host: Annotated[str, typer.Option(envvar="HOST", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="The port to listen on.")] = 8502,
    processes: Annotated[int, typer.Option(min=1, max=64, help="As many processes answer side by side.")] = 1,
) -> None:
    """Serve only the light form: links, forms, receipts, health. The app may run beside it, on another port."""
    import uvicorn

    settings, engine = database()
    engine.dispose()
    say(f"Forms are answered at {settings.public_url or f'http://{host}:{port}'}   (stop with Ctrl+C)")
    uvicorn.run(
        "feedback.collect.alone:application",
        factory=True,
        host=host,
        port=port,
        workers=processes,
        access_log=False,  # its lines would hold the links
        log_level="warning",
        server_header=False,
        proxy_headers=bool(settings.trusted_proxy),
        forwarded_allow_ips=settings.trusted_proxy or None,
        timeout_keep_alive=15,
        limit_concurrency=2000,
    )
