#!/usr/bin/env python3
"""What several nodes on this machine take: events acknowledged a second, and how long a POST waits, by the number of nodes.

    python3 src/bench/cluster.py [--nodes 0,1,3,r1,r2] [--seconds 6] [--appendfsync everysec] [--jar target/sluice.jar]

0 is one node with its log in memory; r2 are two that have it in a Redis, which is started, and is not a cluster. Five clients listen at each node; publishers are spread over all. In the end every
client has to have the same bytes, and no gap.
"""
import argparse
import http.client
import json
import os
import socket
import subprocess
import tempfile
import threading
import time

EARS = 5
LOADS = [(1, 1), (8, 1), (8, 100)]  # connections, events a request


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def start(jar, port, members, redis):
    config = {"http": {"host": "127.0.0.1", "port": port}, "streams": {"events": {"lifetime": "0s"}},
              "publish": {"enabled": True, "anonymous": True}}
    if redis:
        config["streams"]["events"]["log"] = "redis"
        config["redis"] = {"uri": "redis://127.0.0.1:%d" % redis}
    command = ["java", "-Xmx600m", "-jar", jar, "-conf", json.dumps(config)]
    environment = dict(os.environ, SLUICE_MEMBERS=members) if members else os.environ
    node = subprocess.Popen(command + (["-cluster"] if members else []), env=environment, stdout=subprocess.DEVNULL)
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return node
        except OSError:
            pass
        if node.poll() is not None:
            raise SystemExit("the node on port %d did not start" % port)
        time.sleep(0.2)


def start_redis(port, directory, appendfsync):
    redis = subprocess.Popen(["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", directory, "--save", "",
                              "--appendonly", "yes", "--appendfsync", appendfsync], stdout=subprocess.DEVNULL)
    while redis.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return redis
        except OSError:
            time.sleep(0.1)
    raise SystemExit("Redis did not start")


def cpu_seconds(nodes):
    ticks = 0
    for node in nodes:
        with open("/proc/%d/stat" % node.pid) as stat:
            ticks += sum(int(word) for word in stat.read().rsplit(")", 1)[1].split()[11:13])
    return ticks / os.sysconf("SC_CLK_TCK")


def publish(ports, connections, lines, seconds):
    waits, failed = [], []
    end = time.time() + seconds

    def run(i):
        connection = http.client.HTTPConnection("127.0.0.1", ports[i % len(ports)])
        body = "\n".join(json.dumps({"n": n, "padding": "x" * 80}) for n in range(lines))
        while time.time() < end:
            begun = time.time()
            connection.request("POST", "/events?topic=t%d" % i, body, {"Content-Type": "application/x-ndjson"})
            response = connection.getresponse()
            response.read()
            (waits if response.status == 201 else failed).append(time.time() - begun)

    threads = [threading.Thread(target=run, args=(i,)) for i in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(waits), len(failed)


def measure(jar, name, seconds, appendfsync, directory):
    in_redis = name.startswith("r")
    count = int(name.lstrip("r"))
    ports = free_ports(max(1, count))
    members = ",".join("127.0.0.1:%d" % port for port in free_ports(0 if in_redis else count))
    redis = free_ports(1)[0] if in_redis else 0
    nodes, ears = [], []
    try:
        if in_redis:
            nodes.append(start_redis(redis, directory, appendfsync))
        for port in ports:
            nodes.append(start(jar, port, members, redis))
        for port in ports:
            for i in range(EARS):
                heard = os.path.join(directory, "%d-%d" % (port, i))
                url = "http://127.0.0.1:%d/events?replay=none" % port
                ears.append((subprocess.Popen(["curl", "-sN", url, "-o", heard]), heard))
        time.sleep(1)
        publish(ports, 8, 100, 6)  # warm-up
        for connections, lines in LOADS:
            before = cpu_seconds(nodes)
            waits, failed = publish(ports, connections, lines, seconds)
            events = len(waits) * lines
            print("| %s | %d x %d | %d | %.1f | %.1f | %.0f |%s" % (
                {"0": "memory", "r": "%d, Redis" % count}.get(name[0], name), connections, lines, events / seconds,
                waits[len(waits) // 2] * 1e3, waits[len(waits) * 99 // 100] * 1e3,
                (cpu_seconds(nodes) - before) / events * 1e6, " %d FAILED" % failed if failed else ""), flush=True)
        time.sleep(2)
    finally:
        for ear, _ in ears:
            ear.kill()
        for node in reversed(nodes):
            node.terminate()
        for node in nodes:
            node.wait()
    contents = set()
    for _, heard in ears:
        with open(heard, "rb") as file:
            contents.add(file.read())
    if len(contents) != 1 or b"event: gap" in contents.pop():
        raise SystemExit("the clients did not hear the same, or not all")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nodes", default="0,1,3")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--appendfsync", default="everysec", choices=["always", "everysec", "no"])
    parser.add_argument("--jar", default="target/sluice.jar")
    options = parser.parse_args()
    print("| nodes | connections x events a POST | events/s | POST p50 ms | p99 ms | CPU us/event |")
    print("|---|---|---|---|---|---|")
    for count in options.nodes.split(","):
        with tempfile.TemporaryDirectory() as directory:
            measure(options.jar, count, options.seconds, options.appendfsync, directory)


if __name__ == "__main__":
    main()
