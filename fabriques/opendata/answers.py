"""How an answer for other sites is sent: readable from any of them, compressed, told apart by its ETag."""

import gzip
import hashlib

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

REVALIDATED = "public, no-cache"
IMMUTABLE = "public, max-age=31536000, immutable"


def answer(request, body, content_type, *, etag=None, cache=REVALIDATED, packed=False, status=200):
    """The response for these bytes (`packed`: already compressed), or 304 when the reader has them."""
    etag = f'"{etag or hashlib.sha256(body).hexdigest()[:32]}"'
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    if takes_gzip and not packed:
        body = gzip.compress(body, 5, mtime=0)
    elif packed and not takes_gzip:
        body = gzip.decompress(body)
    response = HttpResponse(
        body, content_type=content_type, status=status, headers={"ETag": etag, "Cache-Control": cache}
    )
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    if status == 200:
        response = get_conditional_response(request, etag=etag, response=response)
    patch_vary_headers(response, ["Accept-Encoding"])
    return opened(response)


def opened(response):
    """Scripts of any site may read it: nothing in it depends on who asks."""
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "ETag, Link"
    return response
