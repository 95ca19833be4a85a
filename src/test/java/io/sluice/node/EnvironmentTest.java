package io.sluice.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EnvironmentTest {

    private static final String FILE = """
            {
              "http": { "port": 8080, "maxPerAddress": 3 },
              "streams": { "events": { "lifetime": "10s" }, "chat/*": {}, "two-words": {} }
            }
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SLUICE_HTTP_PORT                      | 9000              | {'http':{'port':9000,'maxPerAddress':3}}",
                "SLUICE_HTTP_MAXPERADDRESS             | 7                 | {'http':{'port':8080,'maxPerAddress':7}}",
                "SLUICE_HTTP_HOST                      | 127.0.0.1         | {'http':{'port':8080,'maxPerAddress':3,'host':'127.0.0.1'}}",
                "SLUICE_HTTP_HOSTS                     | [\"a.example\"]   | {'http':{'port':8080,'maxPerAddress':3,'hosts':['a.example']}}",
                "SLUICE_HTTP                           | {\"port\":1}      | {'http':{'port':1}}",
                "SLUICE_PUBLISH_ENABLED                | true              | {'publish':{'enabled':true}}",
                "SLUICE_AUTH_JWT_SECRET                | 12345             | {'auth':{'jwt':{'secret':'12345'}}}",
                "SLUICE_BRIDGE_TCP_MAXFRAME            | 64kB              | {'bridge':{'tcp':{'maxFrame':'64kB'}}}",
                "SLUICE_LOGGING_FORMAT                 | json              | {'logging':{'format':'json'}}",
                "SLUICE_STREAMS_EVENTS_LIFETIME        | 5m                | {'streams':{'events':{'lifetime':'5m'},'chat/*':{},'two-words':{}}}",
                "SLUICE_STREAMS_CHAT_MAX               | 9                 | {'streams':{'events':{'lifetime':'10s'},'chat/*':{'max':9},'two-words':{}}}",
                "SLUICE_STREAMS_TWO_WORDS_HISTORY_AGE  | 1m                | {'streams':{'events':{'lifetime':'10s'},'chat/*':{},'two-words':{'history':{'age':'1m'}}}}",
            })
    void aVariableSetsTheKeyOfItsName(String variable, String value, String expected) {
        JsonObject json = new JsonObject(FILE);
        JsonObject changed = new JsonObject(FILE).mergeIn(new JsonObject(expected.replace('\'', '"')));

        new Environment(Map.of(variable, value)).apply(json);

        assertEquals(changed, json);
    }

    @Test
    void aStreamThatAVariableDeclaresHasVariablesOfItsKeys() {
        JsonObject json = new JsonObject();
        new Environment(Map.of("SLUICE_STREAMS", "{\"a\":{},\"b\":{}}", "SLUICE_STREAMS_B_REPLAY", "10")).apply(json);

        assertEquals(new JsonObject("{\"streams\":{\"a\":{},\"b\":{\"replay\":\"10\"}}}"), json);
        NodeConfig.read(json);
    }

    @Test
    void theStreamThatIsThereWithoutAConfigurationHasVariablesToo() {
        JsonObject json = new JsonObject();
        new Environment(Map.of("SLUICE_STREAMS_EVENTS_REPLAY", "all")).apply(json);

        assertEquals(new JsonObject("{\"streams\":{\"events\":{\"replay\":\"all\"}}}"), json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "SLUICE_HTTP_PROT                 | 1    | SLUICE_HTTP_PROT: no such key; did you mean SLUICE_HTTP_PORT?",
                "SLUICE_HTTP_MAX_PER_ADDRESS      | 1    | SLUICE_HTTP_MAX_PER_ADDRESS: no such key; did you mean SLUICE_HTTP_MAXPERADDRESS?",
                "SLUICE_STREAMS_EVENT_REPLAY      | all  | SLUICE_STREAMS_EVENT_REPLAY: no such key; did you mean SLUICE_STREAMS_EVENTS_REPLAY?",
                "SLUICE_MEMBER                    | a    | SLUICE_MEMBER: no such key; did you mean SLUICE_MEMBERS?",
                "SLUICE_WHATEVER                  | 1    | SLUICE_WHATEVER: no such key; expected a key of the configuration, such as SLUICE_HTTP_PORT for http.port",
                "SLUICE_STREAMS                   | oops | SLUICE_STREAMS: expected a JSON object: line 1, column 5: Unrecognized token: was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
                "SLUICE_HTTP_HOSTS                | a.b  | SLUICE_HTTP_HOSTS: expected a JSON list: line 1, column 2: Unrecognized token: was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
            })
    void aVariableThatIsNoKeyStopsTheStart(String variable, String value, String expected) {
        Environment environment = new Environment(Map.of(variable, value));

        assertEquals(
                expected,
                assertThrows(ConfigException.class, () -> environment.apply(new JsonObject(FILE)))
                        .getMessage());
    }

    @Test
    void aVariableThatMayBeTwoKeysIsRefused() {
        JsonObject json = new JsonObject("{\"streams\":{\"a\":{},\"a_history\":{}}}");
        json.getJsonObject("streams").put("a-history", new JsonObject());

        assertEquals(
                "SLUICE_STREAMS_A_HISTORY_LOG: it may be streams.a_history.log or streams.a-history.log: expected SLUICE_STREAMS,"
                        + " and a JSON object of all streams",
                assertThrows(
                                ConfigException.class,
                                () -> new Environment(Map.of("SLUICE_STREAMS_A_HISTORY_LOG", "memory")).apply(json))
                        .getMessage());
    }

    @Test
    void aVariableThatTheConfigurationPointsToIsNoKey() {
        JsonObject json = new JsonObject("{\"auth\":{\"jwt\":{\"secret\":\"env:SLUICE_JWT\"}}}");
        JsonObject same = json.copy();

        new Environment(Map.of(
                        "SLUICE_JWT", "a secret", "SLUICE_MEMBERS", "a,b", "OTHER", "1", "sluice_http_port", "1"))
                .apply(json);

        assertEquals(same, json);
    }

    @Test
    void whatKubernetesSaysOfAServiceIsNoKey() {
        JsonObject json = new JsonObject(FILE);
        new Environment(Map.of(
                        "SLUICE_SERVICE_HOST", "10.0.0.1",
                        "SLUICE_SERVICE_PORT", "8080",
                        "SLUICE_SERVICE_PORT_HTTP", "8080",
                        "SLUICE_PORT", "tcp://10.0.0.1:8080",
                        "SLUICE_PORT_8080_TCP", "tcp://10.0.0.1:8080",
                        "SLUICE_PORT_8080_TCP_ADDR", "10.0.0.1",
                        "SLUICE_HTTP_SERVICE_HOST", "10.0.0.2",
                        "SLUICE_HTTP_PORT", "tcp://10.0.0.2:80"))
                .apply(json);

        assertEquals(new JsonObject(FILE), json);
        // Without its Service it is a variable of the user.
        Environment misspelt = new Environment(Map.of("SLUICE_PORT", "9000"));
        assertThrows(ConfigException.class, () -> misspelt.apply(json));
    }

    @Test
    void aWrongValueIsSaidOfItsVariable(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("node.json"), FILE);

        assertEquals(
                "SLUICE_HTTP_PORT: http.port: 70000: expected a whole number from 0 to 65535",
                mistake(file, Map.of("SLUICE_HTTP_PORT", "70000")));
        assertEquals(
                "SLUICE_HTTP_PORT: http.port: \"many\": expected a whole number",
                mistake(file, Map.of("SLUICE_HTTP_PORT", "many")));
        assertEquals(
                "SLUICE_HTTP_PORT: http.port: \"\": expected a whole number",
                mistake(file, Map.of("SLUICE_HTTP_PORT", "")));
        assertEquals(
                "SLUICE_STREAMS: streams.a.lifetime: \"1y\": expected a duration such as \"500ms\", \"10s\", \"5m\", \"1h\" or \"7d\"",
                mistake(file, Map.of("SLUICE_STREAMS", "{\"a\":{\"lifetime\":\"1y\"}}")));
        assertEquals(
                file + ": http.port: 70000: expected a whole number from 0 to 65535",
                mistake(
                        Files.writeString(file, FILE.replace("8080", "70000")),
                        Map.of("SLUICE_HTTP_PORTS", "1", "SLUICE_HTTP_HOST", "127.0.0.1")));
    }

    @Test
    void aSecretIsNotShown(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("node.json"), FILE);
        for (String variable :
                new String[] {"SLUICE_AUTH_JWT_SECRET", "SLUICE_CLUSTER_SECRET", "SLUICE_AUTH_TICKETS"}) {
            String line = mistake(file, Map.of(variable, "hunter2"));
            assertFalse(line.contains("hunter2"), line);
        }
    }

    private static String mistake(Path file, Map<String, String> variables) {
        ConfigSource source = new ConfigSource(file.toString(), false, variables);
        return source.line(assertThrows(ConfigException.class, () -> NodeConfig.read(source.read()))
                .getMessage());
    }
}
