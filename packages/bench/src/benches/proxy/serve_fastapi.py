"""The way the first proxy was built, to compare with: FastAPI and uvicorn in front, httpx behind."""

import sys

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response

port, backend = int(sys.argv[1]), sys.argv[2]
app = FastAPI()
client = httpx.AsyncClient(limits=httpx.Limits(max_connections=64, max_keepalive_connections=64))


@app.api_route("/{path:path}", methods=["GET", "POST"])
async def forward(path: str, request: Request) -> Response:
    body = await request.body()
    answer = await client.request(
        request.method,
        f"http://127.0.0.1:{backend}/{path}",
        content=body,
        headers={"content-type": request.headers.get("content-type", "")},
    )
    return Response(answer.content, answer.status_code, {"content-type": answer.headers["content-type"]})


uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
