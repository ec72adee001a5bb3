"""The route by which laptops deliver events."""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from central.api.problems import Refused
from central.api.requests import authenticate, decode, read_body, reply, service_of, unpack
from central.ingest import ingest
from inspector.wire import MAX_BATCH_BYTES, MAX_BATCH_EVENTS, EventAnswers, EventBatch

router = APIRouter()


@router.post("/events")
async def take_events(request: Request) -> Response:
    service = service_of(request)
    body = await read_body(request, 2 * MAX_BATCH_BYTES)

    def answer() -> EventAnswers:
        signed = authenticate(service, request, body)
        # base64 makes a batch a third larger than the events in it.
        batch = decode(unpack(request, signed.body, 2 * MAX_BATCH_BYTES), EventBatch)
        if len(batch.events) > MAX_BATCH_EVENTS:
            raise Refused(413, "too-large", "一次发送的记录过多。", "请分批同步。")
        return EventAnswers(ingest(service, signed.device.device_id, batch.events))

    return reply(await run_in_threadpool(answer))
