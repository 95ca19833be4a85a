package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sluice.bridge.BridgeSettings;
import io.sluice.log.ByteSize;
import io.sluice.log.History;
import io.sluice.redis.RedisUri;
import io.sluice.sse.Framing;
import io.sluice.sse.Replay;
import io.sluice.sse.SseOptions;
import io.sluice.stream.JsonBounds;
import io.sluice.stream.StreamOptions;
import io.sluice.stream.TemplateOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Error messages about wrong configurations, word by word, and the meaning of right ones. */
class ConfigReaderTest {

    private static final PublishConfig NO_PUBLISHING = new PublishConfig(
            false,
            false,
            new ByteSize(256 * 1024),
            ByteSize.ofMegabytes(8),
            ByteSize.ofMegabytes(64),
            0,
            Duration.ofMinutes(5));

    private static NodeConfig read(String text) {
        return NodeConfig.read(ConfigReader.parse(text));
    }

    private static StreamConfig stream(String options) {
        return Objects.requireNonNull(
                read("{\"streams\": {\"a\": {" + options + "}}}").streams().get("a"));
    }

    private static TemplateConfig template(String options) {
        return Objects.requireNonNull(
                read("{\"streams\": {\"a/*\": {" + options + "}}}").templates().get("a"));
    }

    private static void assertRefused(String json, String message) {
        assertEquals(
                message, assertThrows(ConfigException.class, () -> read(json)).getMessage());
    }

    // ---- what is wrong

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"htp": {"port": 1}}                           => htp: {"port":1}: expected one of admin, auth, bridge, cluster, http, logging, producers, publish, redis, streams
            {"http": {"port": 65530, "ports": 7}}          => http.ports: 7: expected a whole number from 1 to 6
            {"http": {"prot": 8080}}                       => http.prot: 8080: expected one of bodyTimeout, cors, deadAfter, demo, drain, followSymlinks, h2cUpgrade, headTimeout, host, hosts, idleTimeout, maxBehind, maxConnections, maxPerAddress, maxSubscriptions, maxTopics, port, ports, tls, transport, webroot
            {"publish": {"enable": true}}                  => publish.enable: true: expected one of anonymous, enabled, idempotency, maxBody, maxEvent, maxPending, maxRate
            {"producers": [{"verticle": "x", "conf": {}}]} => producers[0].conf: {}: expected one of config, singleton, verticle
            {"producers": [{"verticle": "x", "a": 1}]}     => producers[0].a: 1: expected one of config, singleton, verticle
            {"streams": {"a": {"address": "ticks"}}}       => streams.a.address: "ticks": expected one of addresses, create, frame, heartbeat, history, idle, keep, lifetime, log, max, presence, publish, read, replay, retry, shards, signals, slow
            {"streams": {"a": {"history": {"size": 1}}}}   => streams.a.history.size: 1: expected one of age, bytes, events, latest
            {"bridge": {"tpc": {"port": 1}}}               => bridge.tpc: {"port":1}: expected tcp
            {"two\\nlines": 1}                              => two\\nlines: 1: expected one of admin, auth, bridge, cluster, http, logging, producers, publish, redis, streams
            """)
    void anUnknownKeyIsNamedWithTheKnownOnes(String json, String message) {
        assertRefused(json, message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"http": []}                                   => http: []: expected an object
            {"http": "localhost"}                          => http: "localhost": expected an object
            {"http": {"port": "8080"}}                     => http.port: "8080": expected a whole number
            {"http": {"port": 80.5}}                       => http.port: 80.5: expected a whole number
            {"http": {"port": true}}                       => http.port: true: expected a whole number
            {"http": {"port": [80]}}                       => http.port: [80]: expected a whole number
            {"http": {"host": 5}}                          => http.host: 5: expected a text
            {"http": {"host": false}}                      => http.host: false: expected a text
            {"http": {"host": {}}}                         => http.host: {}: expected a text
            {"publish": {"enabled": 1}}                    => publish.enabled: 1: expected true or false
            {"publish": {"enabled": "true"}}               => publish.enabled: "true": expected true or false
            {"streams": []}                                => streams: []: expected an object
            {"streams": {"a": 5}}                          => streams.a: 5: expected an object
            {"streams": {"a": ""}}                         => streams.a: "": expected an object
            {"streams": {"a": {"addresses": "ticks"}}}     => streams.a.addresses: "ticks": expected a list
            {"streams": {"a": {"addresses": {"x": 1}}}}    => streams.a.addresses: {"x":1}: expected a list
            {"streams": {"a": {"addresses": ["x", 1]}}}    => streams.a.addresses[1]: 1: expected a text
            {"streams": {"a": {"history": 5}}}             => streams.a.history: 5: expected an object
            {"producers": {}}                              => producers: {}: expected a list
            {"producers": ["x"]}                           => producers[0]: "x": expected an object
            {"producers": [{"verticle": 5}]}               => producers[0].verticle: 5: expected a text
            {"producers": [{"config": [1]}]}               => producers[0].config: [1]: expected an object
            {"producers": [{"singleton": "yes"}]}          => producers[0].singleton: "yes": expected true or false
            """)
    void aWrongTypeIsNamedWithTheRightOne(String json, String message) {
        assertRefused(json, message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"http": {"port": 70000}}                             => http.port: 70000: expected a whole number from 0 to 65535
            {"http": {"port": -1}}                                => http.port: -1: expected a whole number from 0 to 65535
            {"http": {"port": 99999999999}}                       => http.port: 99999999999: expected a whole number of at most 9 digits
            {"http": {"host": ""}}                                => http.host: "": expected an address or a host name
            {"http": {"followSymlinks": "yes"}}                   => http.followSymlinks: "yes": expected true or false
            {"http": {"webroot": " "}}                            => http.webroot: " ": expected a directory
            {"streams": {"a": {"history": {"events": 0}}}}        => streams.a.history.events: 0: expected a whole number from 1 to 1000000
            {"streams": {"a": {"history": {"events": -5}}}}       => streams.a.history.events: -5: expected a whole number from 1 to 1000000
            {"streams": {"a": {"history": {"events": 1000001}}}}  => streams.a.history.events: 1000001: expected a whole number from 1 to 1000000
            {"streams": {"a": {"history": {"latest": -1}}}}       => streams.a.history.latest: -1: expected a whole number from 0 to 1000000
            {"streams": {"a": {"history": {"latest": 1000001}}}}  => streams.a.history.latest: 1000001: expected a whole number from 0 to 1000000
            {"streams": {"a": {"history": {"latest": "all"}}}}    => streams.a.history.latest: "all": expected a whole number
            {"streams": {"a": {"history": {"age": "0s"}}}}        => streams.a.history.age: "0s": expected more than 0
            {"streams": {"a": {"history": {"bytes": "0B"}}}}      => streams.a.history.bytes: "0B": expected more than 0
            {"streams": {"a": {"lifetime": "400d"}}}              => streams.a.lifetime: "400d": expected 0, or 1 ms to 365 days
            {"publish": {"maxEvent": "17MB"}}                     => publish.maxEvent: "17MB": expected 1B to 16MB
            {"publish": {"maxBody": "0B"}}                        => publish.maxBody: "0B": expected 1B to 16MB
            {"publish": {"maxPending": "7MB"}}                    => publish.maxPending: "7MB": expected publish.maxBody, which is 8MB, or more
            {"http": {"maxTopics": 0}}                            => http.maxTopics: 0: expected a whole number from 1 to 1000
            {"http": {"maxConnections": -1}}                      => http.maxConnections: -1: expected 0 (no limit) or more
            {"http": {"headTimeout": "25h"}}                      => http.headTimeout: "25h": expected 0 (never), or up to 1 day
            {"http": {"bodyTimeout": "2d"}}                       => http.bodyTimeout: "2d": expected 0 (never), or up to 1 day
            {"http": {"idleTimeout": "2d"}}                       => http.idleTimeout: "2d": expected 0 (never), or up to 1 day
            {"publish": {"idempotency": "25h"}}                   => publish.idempotency: "25h": expected 0 to 1 day
            {"producers": [{}]}                                   => producers[0].verticle: "": expected the name of a verticle
            """)
    void aValueOutOfRangeIsShownAsItWasWritten(String json, String message) {
        assertRefused(json, message);
    }

    @Test
    void valuesAreNestedNoDeeperThanEvents() {
        String deep = "[".repeat(100_000) + "]".repeat(100_000);
        assertRefused(
                "{\"producers\": " + deep + "}", "Document nesting depth (201) exceeds the maximum allowed (200)");
        JsonArray inner = new JsonArray();
        for (int i = 0; i < 100_000; i++) {
            inner = new JsonArray().add(inner);
        }
        JsonObject config = new JsonObject().put("producers", inner);
        assertEquals(
                "it has more than 200 objects and lists inside each other: expected at most 200",
                assertThrows(ConfigException.class, () -> NodeConfig.read(config))
                        .getMessage());
        assertEquals(JsonBounds.MAX_LEVELS, BridgeSettings.MAX_LEVELS);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"10\"", "10", "\"-1s\"", "\"ten\"", "\"\"", "\"1.5s\"", "\"10 sec\"", "{}", "[1]", "true"})
    void aDurationNeedsAUnit(String written) {
        assertRefused(
                "{\"streams\": {\"a\": {\"lifetime\": " + written + "}}}",
                "streams.a.lifetime: " + written
                        + ": expected a duration such as \"500ms\", \"10s\", \"5m\", \"1h\" or \"7d\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"64\"", "64", "0", "\"-1MB\"", "\"lots\"", "\"\"", "\"1.5MB\"", "\"1TB\"", "{}", "false"})
    void aSizeNeedsAUnit(String written) {
        assertRefused(
                "{\"publish\": {\"maxBody\": " + written + "}}",
                "publish.maxBody: " + written + ": expected a size such as \"512B\", \"256kB\", \"64MB\" or \"2GB\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"some\"", "-1", "\"1000001\"", "1.5", "\"\"", "{}"})
    void aReplayIsAWordOrANumber(String written) {
        assertRefused(
                "{\"streams\": {\"a\": {\"replay\": " + written + "}}}",
                "streams.a.replay: " + written + ": expected \"last\", \"none\", \"all\", \"snapshot\","
                        + " or a number from 0 to 1000000 (the newest so many)");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"streams": {"a": {"slow": "drop"}}}  => streams.a.slow: "drop": expected one of close, gap, latest
            {"streams": {"a": {"slow": 0}}}       => streams.a.slow: 0: expected one of close, gap, latest
            {"streams": {"a": {"slow": []}}}      => streams.a.slow: []: expected one of close, gap, latest
            {"streams": {"a": {"frame": "sse"}}}  => streams.a.frame: "sse": expected one of envelope, plain, topic
            {"streams": {"a": {"frame": 1}}}      => streams.a.frame: 1: expected one of envelope, plain, topic
            {"streams": {"a": {"frame": ""}}}     => streams.a.frame: "": expected one of envelope, plain, topic
            {"streams": {"c/*": {"frame": {}}}}   => streams.c/*.frame: {}: expected one of envelope, plain, topic
            {"streams": {"a": {"log": "kafka"}}}  => streams.a.log: "kafka": expected one of auto, hazelcast, memory, redis
            """)
    void aChoiceNamesWhatThereIs(String json, String message) {
        assertRefused(json, message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"http": null}                            => http
            {"http": {"port": null}}                  => http.port
            {"streams": {"a": null}}                  => streams.a
            {"streams": {"a": {"addresses": [null]}}} => streams.a.addresses[0]
            {"producers": [null]}                     => producers[0]
            {"producers": [{"config": null}]}         => producers[0].config
            """)
    void aNullIsNoWayToSayDefault(String json, String path) {
        assertRefused(json, path + ": null: expected a value, or no such key for the default");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"http": {"port": 1, "port": 2}}  => line 1, column 28: Duplicate field 'port'
            {"http": {"port": 1,}}            => line 1, column 21: Unexpected character ('}' (code 125)): was expecting double-quote to start field name
            {"http": {"port" 1}}              => line 1, column 18: Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value
            {'http': {}}                      => line 1, column 2: Unexpected character (''' (code 39)): was expecting double-quote to start field name
            {"http": {                        => line 1, column 11: Unexpected end-of-input: expected close marker for Object
            {}]                               => line 1, column 3: Unexpected close marker ']': expected '}'
            {} {}                             => line 1, column 4: expected nothing after the JSON object
            {} 5                              => line 1, column 4: expected nothing after the JSON object
            []                                => expected one JSON object
            "text"                            => expected one JSON object
            null                              => expected one JSON object
            """)
    void aTextThatIsNoJsonObjectIsPointedAt(String json, String message) {
        assertRefused(json, message);
    }

    @Test
    void aSyntaxErrorSaysItsLine() {
        assertRefused(
                """
                {
                  "http": {
                    "port": 80x
                  }
                }
                """,
                "line 3, column 15: Unexpected character ('x' (code 120)): was expecting comma to separate Object entries");
    }

    @Test
    void anEmptyFileIsNoObject() {
        assertRefused("", "expected one JSON object");
    }

    @ParameterizedTest
    @ValueSource(strings = {"health", "metrics", "tickets", "v1", "health/*", "metrics/*", "tickets/*", "v1/*"})
    void theNodesOwnPathsAreNoStreams(String name) {
        assertRefused(
                "{\"streams\": {\"" + name + "\": {}}}",
                "streams." + name + ": \"" + name + "\": expected another name: this path is the node's own");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", "a b", "a/b", "a.b", "..", "é", "events?", "*", "/*", "a/", "a/**", "a/*/*", "a/b/*", "*/*", "../*",
                "a*"
            })
    void aStreamNameIsAPlainPath(String name) {
        assertRefused(
                "{\"streams\": {\"" + name + "\": {}}}",
                "streams: \"" + name + "\": expected names of 1 to 64 letters, digits, hyphens and underscores,"
                        + " for a template with \"/*\" behind it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"chat\": {}, \"chat/*\": {}}", "{\"chat/*\": {}, \"chat\": {}}"})
    void aTemplateAndAStreamHaveDifferentNames(String streams) {
        assertRefused(
                "{\"streams\": " + streams + "}",
                "streams.chat/*: \"chat/*\": expected another name: \"chat\" is a stream, too");
    }

    @Test
    void aTemplateStandsOnce() {
        assertRefused(
                "{\"streams\": {\"chat/*\": {}, \"chat\\u002f*\": {}}}", "line 1, column 41: Duplicate field 'chat/*'");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"idle": "0s"}              => idle: "0s": expected 1 ms to 365 days
            {"idle": "soon"}            => idle: "soon": expected a duration such as "500ms", "10s", "5m", "1h" or "7d"
            {"keep": "366d"}            => keep: "366d": expected 1 ms to 365 days
            {"keep": "0"}               => keep: "0": expected 1 ms to 365 days
            {"max": 0}                  => max: 0: expected 1 or more
            {"max": "many"}             => max: "many": expected a whole number
            {"create": "get"}           => create: "get": expected one of publish, put
            {"shards": 0}               => shards: 0: expected a whole number from 1 to 64
            {"shards": 65}              => shards: 65: expected a whole number from 1 to 64
            {"signals": "all"}          => signals: "all": expected one of anonymous, publish
            {"presence": "yes"}         => presence: "yes": expected true or false
            {"lifetime": "366d"}        => lifetime: "366d": expected 0, or 1 ms to 365 days
            {"addresses": ["x", "x"]}   => addresses[1]: "x": expected each once
            {"history": {"events": 0}}  => history.events: 0: expected a whole number from 1 to 1000000
            {"name": "x"}               => name: "x": expected one of addresses, create, frame, heartbeat, history, idle, keep, lifetime, log, max, presence, publish, read, replay, retry, shards, signals, slow
            """)
    void theKeysOfATemplateAreChecked(String keys, String message) {
        assertRefused("{\"streams\": {\"chat/*\": " + keys + "}}", "streams.chat/*." + message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"idle": "90m"}      => idle: "90m"
            {"keep": "1h"}       => keep: "1h"
            {"max": 10}          => max: 10
            {"create": "put"}    => create: "put"
            {"shards": 8}        => shards: 8
            {"signals": "publish"} => signals: "publish"
            """)
    void aDeclaredStreamHasNoKeyOfTemplates(String keys, String found) {
        assertRefused(
                "{\"streams\": {\"a\": " + keys + "}}",
                "streams.a." + found
                        + ": expected no such key here: it is for templates, whose names are as \"chat/*\"");
    }

    @Test
    void noStreamAtAllIsNoNode() {
        assertRefused("{\"streams\": {}}", "streams: {}: expected one stream or more");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"streams": {"a": {"addresses": ["x", "y", "x"]}}} => streams.a.addresses[2]: "x": expected each once
            {"streams": {"a": {"addresses": [""]}}}            => streams.a.addresses[0]: "": expected a bus address of 1 to 255 characters, without control characters, * and >, since it is the topic of what comes from it
            {"streams": {"a": {"addresses": ["prices.*"]}}}    => streams.a.addresses[0]: "prices.*": expected a bus address of 1 to 255 characters, without control characters, * and >, since it is the topic of what comes from it
            {"streams": {"a": {"addresses": ["a\\nb"]}}}        => streams.a.addresses[0]: "a\\u000ab": expected a bus address of 1 to 255 characters, without control characters, * and >, since it is the topic of what comes from it
            """)
    void anAddressCanBeATopicAndStandsOnce(String json, String message) {
        assertRefused(json, message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{\"publish\": {\"enabled\": true}}", "{\"publish\": {\"enabled\": true, \"anonymous\": false}}"
            })
    void publishingIsOpenedToAnybodyOnlyOutright(String json) {
        assertRefused(
                json,
                "publish.anonymous: false: expected \"auth\" beside publish.enabled, or true if anybody may publish");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '\0', textBlock = """
            {"transport": "quic"}            => transport: "quic": expected one of auto, epoll, io_uring, kqueue, nio
            {"maxSubscriptions": -1}         => maxSubscriptions: -1: expected 0 (no limit) or more
            {"maxPerAddress": -1}            => maxPerAddress: -1: expected 0 (no limit) or more
            {"drain": "2m"}                  => drain: "2m": expected 0 to 100 seconds
            {"deadAfter": "0s"}              => deadAfter: "0s": expected 1 second to 1 day
            {"cors": {"origins": ["a.b"]}}   => cors.origins[0]: "a.b": expected an origin such as "https://example.com", or "*" alone
            {"cors": {"origins": ["http://a", "*"]}} => cors.origins[1]: "*": expected an origin such as "https://example.com", or "*" alone
            {"cors": {"origins": ["http://a/"]}} => cors.origins[0]: "http://a/": expected an origin such as "https://example.com", or "*" alone
            {"cors": {"origins": ["capacitor:a"]}} => cors.origins[0]: "capacitor:a": expected an origin such as "https://example.com", or "*" alone
            {"hosts": ["a.b:80"]}            => hosts[0]: "a.b:80": expected a host name such as "events.example.com", without a port, or "*" alone
            {"hosts": ["http://a.b"]}        => hosts[0]: "http://a.b": expected a host name such as "events.example.com", without a port, or "*" alone
            {"hosts": ["a.b", "*"]}          => hosts[1]: "*": expected a host name such as "events.example.com", without a port, or "*" alone
            {"cors": {"origins": ["*"], "credentials": true}} => cors.credentials: true: expected false where any origin may
            {"tls": {}}                      => tls.certificate: "": expected a file that can be read
            {"tls": {"certificate": "no.pem", "key": "no.pem"}} => tls.certificate: "no.pem": expected a file that can be read
            """)
    void optionsOfHttpAreChecked(String http, String message) {
        assertRefused("{\"http\": " + http + "}", "http." + message);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '\0', textBlock = """
            {}                                          => tcp.inbound: []: expected an address, here or in outbound: this bridge permits nothing
            {"inbound": []}                             => tcp.inbound: []: expected an address, here or in outbound: this bridge permits nothing
            {"inbound": ["a"], "prot": 7}               => tcp.prot: 7: expected one of host, inbound, maxFrame, outbound, port
            {"inbound": "a"}                            => tcp.inbound: "a": expected a list
            {"inbound": [5]}                            => tcp.inbound[0]: 5: expected a text
            {"inbound": ["a"], "host": ""}              => tcp.host: "": expected an address or a host name
            {"inbound": ["a"], "port": 65536}           => tcp.port: 65536: expected a whole number from 0 to 65535
            {"inbound": ["a"], "maxFrame": "17MB"}      => tcp.maxFrame: "17MB": expected 1kB to 16MB
            {"inbound": ["a", "b", "a"]}                => tcp.inbound[2]: "a": expected each once
            {"inbound": [""]}                           => tcp.inbound[0]: "": expected a bus address, or a pattern such as "prices.*" or "prices.>" whose first part is no wildcard
            {"inbound": [">"]}                          => tcp.inbound[0]: ">": expected a bus address, or a pattern such as "prices.*" or "prices.>" whose first part is no wildcard
            {"inbound": ["*.eur"]}                      => tcp.inbound[0]: "*.eur": expected a bus address, or a pattern such as "prices.*" or "prices.>" whose first part is no wildcard
            {"inbound": ["prices*"]}                    => tcp.inbound[0]: "prices*": expected a bus address, or a pattern such as "prices.*" or "prices.>" whose first part is no wildcard
            {"outbound": ["a", "b.>.c"]}                => tcp.outbound[1]: "b.>.c": expected a bus address, or a pattern such as "prices.*" or "prices.>" whose first part is no wildcard
            {"outbound": ["a", "sluice.events"]}        => tcp.outbound[1]: "sluice.events": expected another address: requests to a stream are the stream's to answer
            {"outbound": ["sluice"]}                    => tcp.outbound[0]: "sluice": expected another address: requests to a stream are the stream's to answer
            {"outbound": ["sluice.*"]}                  => tcp.outbound[0]: "sluice.*": expected another address: requests to a stream are the stream's to answer
            {"outbound": ["sluice.signals"]}            => tcp.outbound[0]: "sluice.signals": expected another address: requests to a stream are the stream's to answer
            """)
    void aBridgePermitsSomethingAndNotEverything(String tcp, String message) {
        assertRefused("{\"bridge\": {\"tcp\": " + tcp + "}}", "bridge." + message);
    }

    @Test
    void aBridgeNeedsAKind() {
        assertRefused("{\"bridge\": {}}", "bridge.tcp: nothing: expected an object");
    }

    @Test
    void aLongValueIsCut() {
        String digits = "0123456789".repeat(10);
        assertRefused(
                "{\"http\": \"" + digits + "\"}", "http: \"" + digits.substring(0, 79) + "...: expected an object");
    }

    // ---- what is right

    @Test
    void anEmptyObjectIsAllDefaults() {
        NodeConfig expected = new NodeConfig(
                new HttpConfig(
                        "0.0.0.0",
                        8080,
                        1,
                        List.of(),
                        "webroot",
                        false,
                        HttpConfig.TransportKind.AUTO,
                        false,
                        new HttpConfig.Limits(100_000, 0, 120_000, 32, ByteSize.ofMegabytes(256)),
                        new HttpConfig.Timeouts(
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(75),
                                Duration.ofSeconds(60)),
                        Duration.ZERO,
                        new HttpConfig.Cors(List.of(), false),
                        false,
                        null),
                Map.of("events", StreamConfig.DEFAULT),
                Map.of(),
                List.of(),
                NO_PUBLISHING,
                new NodeConfig.Redis(new RedisUri("redis://127.0.0.1:6379")),
                null,
                null,
                ClusterSettings.DEFAULT,
                null,
                LoggingConfig.DEFAULT);
        assertEquals(expected, read("{}"));
    }

    @Test
    void anEmptyStreamIsTheDefaultOne() {
        StreamConfig expected = new StreamConfig(
                new StreamOptions(
                        List.of(),
                        new History(10_000, Duration.ofHours(1), new ByteSize(64 * 1024 * 1024)),
                        Duration.ofMinutes(5)),
                new SseOptions(
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(15),
                        Duration.ofSeconds(2),
                        Replay.LAST,
                        SseOptions.Slow.GAP,
                        Framing.PLAIN,
                        Duration.ofMinutes(1),
                        32),
                LogKind.AUTO,
                false,
                Read.ANYONE,
                NO_PUBLISHING);
        assertEquals(expected, stream(""));
    }

    @Test
    void anEmptyTemplateIsTheDefaultOne() {
        assertEquals(
                new TemplateConfig(
                        TemplateOptions.DEFAULT,
                        StreamConfig.DEFAULT.sse(),
                        LogKind.AUTO,
                        8,
                        false,
                        TemplateConfig.Senders.PUBLISH,
                        Read.ANYONE,
                        NO_PUBLISHING),
                template(""));
    }

    @Test
    void aTemplateHasTheKeysOfAStreamAndItsOwn() {
        TemplateConfig expected = new TemplateConfig(
                new TemplateOptions(
                        List.of("tokens"),
                        new History(200, Duration.ofHours(1), ByteSize.ofMegabytes(64)),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(1),
                        Duration.ofDays(1),
                        20,
                        TemplateOptions.Create.PUT),
                StreamConfig.DEFAULT.sse().withLifetime(Duration.ZERO).withReplay(Replay.parse("all")),
                LogKind.MEMORY,
                16,
                true,
                TemplateConfig.Senders.ANONYMOUS,
                Read.ANYONE,
                NO_PUBLISHING);
        assertEquals(expected, template("""
                "addresses": ["tokens"], "lifetime": "0s", "replay": "all", "history": {"events": 200}, "log": "memory",
                "idle": "1m", "keep": "1d", "max": 20, "create": "put", "shards": 16, "presence": true, "signals": "anonymous"
                """));
    }

    @Test
    void aDeclaredStreamMayTellThePresence() {
        assertEquals(true, stream("\"presence\": true").presence());
    }

    @Test
    void aNodeMayHaveTemplatesOnly() {
        NodeConfig config = read("{\"streams\": {\"z/*\": {}, \"a/*\": {}}}");
        assertEquals(Map.of(), config.streams());
        assertEquals(List.of("z", "a"), List.copyOf(config.templates().keySet()));
    }

    private static NodeConfig shipped() throws IOException {
        return read(Files.readString(Path.of("conf/node.json")));
    }

    private static NodeConfig.Producer producer(String name, String config) {
        return new NodeConfig.Producer("io.sluice.node." + name, true, new JsonObject(config));
    }

    @Test
    void theShippedFileIsTheDefaultStreamAndThoseOfTheDemo() throws IOException {
        NodeConfig config = shipped();
        NodeConfig defaults = read("{\"http\": {\"demo\": true}}");
        assertEquals(defaults.http(), config.http());
        assertEquals(defaults.publish(), config.publish());
        assertEquals(new AdminConfig("127.0.0.1", 8081, 10), config.admin());
        assertEquals(
                List.of("events", "board", "prices"),
                List.copyOf(config.streams().keySet()));
        assertEquals(
                new StreamConfig(
                        StreamOptions.DEFAULT.withAddresses("ticks"),
                        StreamConfig.DEFAULT.sse(),
                        LogKind.AUTO,
                        false,
                        Read.ANYONE,
                        NO_PUBLISHING),
                config.streams().get("events"));
        assertEquals(
                List.of(producer("TickProducer", """
                                {"address": "ticks", "period": "2s", "message": "Hello World"}"""), producer("AnswerRelay", """
                                {"template": "chat", "period": "20ms"}"""), producer("PriceProducer", """
                                {"address": "prices", "stream": "prices", "period": "100ms"}""")),
                config.producers());
    }

    @Test
    void theShippedTemplateIsAskedBySignals() throws IOException {
        TemplateConfig chat = new TemplateConfig(
                TemplateOptions.DEFAULT
                        .withMax(1000)
                        .withHistory(new History(1000, Duration.ofHours(2), new ByteSize(64 << 10))),
                StreamConfig.DEFAULT.sse().withLifetime(Duration.ZERO).withReplay(Replay.parse("all")),
                LogKind.AUTO,
                8,
                false,
                TemplateConfig.Senders.ANONYMOUS,
                Read.ANYONE,
                NO_PUBLISHING);
        assertEquals(Map.of("chat", chat), shipped().templates());
    }

    @Test
    void anybodyMayPublishALittleToTheShippedBoardAndToNothingElse() throws IOException {
        NodeConfig config = shipped();
        StreamConfig board = Objects.requireNonNull(config.streams().get("board"));
        assertEquals(
                "anybody may publish 10 events of up to 1kB a second",
                board.publish().describe());
        assertEquals(new ByteSize(16 << 10), board.publish().maxBody());
        config.streams()
                .forEach((name, stream) ->
                        assertEquals(name.equals("board"), stream.publish().enabled(), name));
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '`', textBlock = """
            {"enabled": true}     => enabled: true: expected one of anonymous, maxBody, maxEvent, maxRate
            {}                    => anonymous: false: expected true if anybody may publish to this stream, or "auth"
            {"anonymous": false}  => anonymous: false: expected true if anybody may publish to this stream, or "auth"
            {"maxEvent": "17MB"}  => maxEvent: "17MB": expected 1B to 16MB
            {"maxRate": -1}       => maxRate: -1: expected a whole number of events a second from 0 (no limit) to 1000000
            {"maxRate": 1000001}  => maxRate: 1000001: expected a whole number of events a second from 0 (no limit) to 1000000
            {"maxBody": "0B"}     => maxBody: "0B": expected 1B to 16MB
            """)
    void thePublishingOfAStreamIsChecked(String keys, String message) {
        assertRefused("{\"streams\": {\"a\": {\"publish\": " + keys + "}}}", "streams.a.publish." + message);
        assertRefused("{\"streams\": {\"a/*\": {\"publish\": " + keys + "}}}", "streams.a/*.publish." + message);
    }

    @Test
    void theBodyOfAStreamFitsIntoTheMemoryOfTheNode() {
        assertRefused(
                """
                {"publish": {"maxBody": "1kB", "maxPending": "1MB"}, "streams": {"a": {"publish": {"maxBody": "2MB"}}}}""",
                "streams.a.publish.maxBody: \"2MB\": expected publish.maxPending of the node, which is 1MB, or less");
    }

    @Test
    void whatAStreamDoesNotSayIsTheNodes() {
        NodeConfig config = read("""
                {
                  "publish": {"enabled": true, "anonymous": true, "maxEvent": "2kB", "maxRate": 7, "idempotency": "1m"},
                  "streams": {"a": {"publish": {"maxRate": 5}}, "b": {}, "c/*": {"publish": {"maxEvent": "1kB"}}}
                }
                """);
        PublishConfig a = Objects.requireNonNull(config.streams().get("a")).publish();
        assertEquals("anybody may publish 5 events of up to 2kB a second", a.describe());
        assertEquals(Duration.ofMinutes(1), a.idempotency());
        assertEquals(
                config.publish(),
                Objects.requireNonNull(config.streams().get("b")).publish());
        PublishConfig c = Objects.requireNonNull(config.templates().get("c")).publish();
        assertEquals("anybody may publish 7 events of up to 1kB a second", c.describe());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://h",
                "rediss://h:1",
                "redis://:p@h:1/0",
                "redis://u:p%40@127.0.0.1/15",
                "redis://[::1]:6379/"
            })
    void aRedisHasAUri(String uri) {
        assertEquals(
                uri,
                read("{\"redis\": {\"uri\": \"" + uri + "\"}}").redis().uri().text());
    }

    @ParameterizedTest
    @CsvSource({
        "redis://, redis://",
        "localhost:6379, localhost:6379",
        "http://h, http://h",
        "redis://h:70000, redis://h:70000",
        "redis://h/name, redis://h/name",
        "redis://h?password=x, redis://h?password=x",
        "redis://u:sec:r@t@h:port, redis://***@h:port",
        "redis://secret@h/x, redis://***@h/x",
        "redis://:secret@h/x, redis://***@h/x"
    })
    void aUriThatIsNoneIsShownWithoutThePassword(String uri, String shown) {
        assertRefused(
                "{\"redis\": {\"uri\": \"" + uri + "\"}}",
                "redis.uri: \"" + shown + "\": expected redis:// or rediss://, and then host:port, as in"
                        + " \"redis://user:password@127.0.0.1:6379/0\"");
    }

    @Test
    void theShippedFileForRedisIsThatOfAClusterWithAnotherLog() throws IOException {
        JsonObject redis = ConfigReader.parse(Files.readString(Path.of("conf/redis.json")));
        JsonObject cluster = ConfigReader.parse(Files.readString(Path.of("conf/cluster.json")));
        assertEquals(read("{}").redis(), NodeConfig.read(redis).redis());
        redis.remove("redis");
        redis.getJsonObject("streams").forEach(stream -> ((JsonObject) stream.getValue()).put("log", "auto"));
        assertEquals(NodeConfig.read(cluster), NodeConfig.read(redis));
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "10s, PT10S",
        "5m, PT5M",
        "1h, PT1H",
        "7d, PT168H",
        "10 s, PT10S",
        "0s, PT0S",
        "0, PT0S"
    })
    void durationsHaveUnits(String written, Duration duration) {
        assertEquals(duration, stream("\"lifetime\": \"" + written + "\"").sse().lifetime());
    }

    @Test
    void zeroNeedsNoQuotes() {
        assertEquals(Duration.ZERO, stream("\"lifetime\": 0").sse().lifetime());
    }

    @ParameterizedTest
    @CsvSource({"512B, 512", "256kB, 262144", "64MB, 67108864", "2GB, 2147483648", "1 mb, 1048576"})
    void sizesHaveUnits(String written, long bytes) {
        assertEquals(
                bytes,
                stream("\"history\": {\"bytes\": \"" + written + "\"}")
                        .options()
                        .history()
                        .bytes()
                        .bytes());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            "last",     NEWEST,   1
            "none",     NONE,     0
            "all",      ALL,      0
            "snapshot", SNAPSHOT, 0
            "5",        NEWEST,   5
            5,          NEWEST,   5
            """)
    void aReplayIsWrittenAsATextOrANumber(String written, Replay.Kind kind, int count) {
        assertEquals(
                new Replay(kind, count), stream("\"replay\": " + written).sse().replay());
    }

    @ParameterizedTest
    @CsvSource({"plain, PLAIN", "topic, TOPIC", "envelope, ENVELOPE"})
    void aFrameIsOfAStreamOrOfEachOfATemplate(String written, Framing frame) {
        assertEquals(frame, stream("\"frame\": \"" + written + "\"").sse().frame());
        assertEquals(frame, template("\"frame\": \"" + written + "\"").sse().frame());
    }

    @Test
    void withoutAFrameItIsPlain() {
        assertEquals(Framing.PLAIN, stream("").sse().frame());
        assertEquals(Framing.PLAIN, template("").sse().frame());
    }

    @Test
    void choicesMayBeInAnyCase() {
        assertEquals(LogKind.MEMORY, stream("\"log\": \"Memory\"").log());
    }

    @Test
    void aProducersOwnConfigurationMayHoldNulls() {
        NodeConfig config = read("{\"producers\": [{\"verticle\": \"x\", \"config\": {\"k\": null}}]}");
        assertEquals(new JsonObject().putNull("k"), config.producers().get(0).config());
    }

    @Test
    void streamsKeepTheOrderOfTheFile() {
        NodeConfig config = read("{\"streams\": {\"z\": {}, \"a\": {}, \"m\": {}}}");
        assertEquals(List.of("z", "a", "m"), List.copyOf(config.streams().keySet()));
    }

    @ParameterizedTest
    @CsvSource({"0s, PT0S", "30s, PT30S", "1d, P1D"})
    void idempotencyKeysAreRememberedUpToADay(String written, Duration duration) {
        assertEquals(
                duration,
                read("{\"publish\": {\"idempotency\": \"" + written + "\"}}")
                        .publish()
                        .idempotency());
    }

    @Test
    void publishingIsOpenedToAnybody() {
        assertEquals(
                true,
                read("{\"publish\": {\"enabled\": true, \"anonymous\": true}}")
                        .publish()
                        .enabled());
    }

    @Test
    void aBridgeListensOnThisMachineAlone() {
        BridgeConfig.Tcp expected = new BridgeConfig.Tcp(
                "127.0.0.1", 7000, List.of("ticks", "prices.>"), List.of(), new ByteSize(256 * 1024));
        NodeConfig config = read("{\"bridge\": {\"tcp\": {\"inbound\": [\"ticks\", \"prices.>\"]}}}");
        assertEquals(new BridgeConfig(expected), config.bridge());
    }

    @Test
    void theShippedBridgeFeedsTheStream() throws IOException {
        NodeConfig config = read(Files.readString(Path.of("conf/bridge.json")));
        BridgeConfig.Tcp bridge = Objects.requireNonNull(config.bridge()).tcp();
        assertEquals(List.of("ticks", "sluice.events"), bridge.inbound());
        assertEquals(
                List.of("ticks"),
                Objects.requireNonNull(config.streams().get("events")).options().addresses());
    }
}
