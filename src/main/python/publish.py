"""Publishes one event, once, however often it has to ask: python3 publish.py [URL [MESSAGE]]"""
import datetime, http.client, json, sys, time, urllib.request, uuid

url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080/events"
message = sys.argv[2] if len(sys.argv) > 2 else "Hello World"
event = {"message": message, "timestamp": datetime.datetime.now(datetime.timezone.utc).isoformat()}
headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}  # the same each time
while True:
    try:
        request = urllib.request.Request(url, json.dumps(event).encode(), headers)
        print(urllib.request.urlopen(request, timeout=30).read().decode())
        break
    except (OSError, http.client.HTTPException) as failure:
        if getattr(failure, "code", 503) != 503:
            sys.exit(f"{failure}: {failure.read().decode()}")
        time.sleep(1)
