"""Prints a stream, and goes on after the last event where the connection breaks: python3 subscribe.py [URL]"""
import http.client, json, sys, time, urllib.request

url = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080/events"
last_id, retry, over = "", 2.0, False
while not over:
    try:
        request = urllib.request.Request(url, headers={"Last-Event-ID": last_id} if last_id else {})
        block = {}
        for line in urllib.request.urlopen(request, timeout=60):  # a heartbeat comes every 15 s
            if line != b"\n":
                field, _, value = line.decode().rstrip("\n").partition(": ")
                block.setdefault(field, []).append(value)
                continue
            event, data = block.get("event", ["message"])[0], "\n".join(block.get("data", []))
            last_id, retry = block.get("id", [last_id])[0], float(block.get("retry", [retry * 1000])[0]) / 1000
            over, block = over or (event == "close" and data == "{}"), {}
            if event == "gap":
                print("Gap:", data, flush=True)
            elif data and event != "close":
                print("Message: {message} at {timestamp}".format(**json.loads(data)), flush=True)
    except (OSError, http.client.HTTPException) as broken:
        if getattr(broken, "code", 500) < 500:
            raise  # no such stream
    if not over:
        time.sleep(retry)
