// An application that depends on Sluice gets these, and nothing else.
def expected = '''
    io.sluice:sluice
    io.vertx:vertx-core io.vertx:vertx-core-logging
    io.vertx:vertx-web io.vertx:vertx-web-common io.vertx:vertx-auth-common io.vertx:vertx-bridge-common
    com.fasterxml.jackson.core:jackson-core com.fasterxml.jackson.core:jackson-databind
    com.fasterxml.jackson.core:jackson-annotations
    org.slf4j:slf4j-api org.jspecify:jspecify
    io.netty:netty-common io.netty:netty-buffer io.netty:netty-transport io.netty:netty-transport-native-unix-common
    io.netty:netty-handler io.netty:netty-handler-proxy io.netty:netty-resolver io.netty:netty-resolver-dns
    io.netty:netty-codec-base io.netty:netty-codec-compression io.netty:netty-codec-dns io.netty:netty-codec-socks
    io.netty:netty-codec-http io.netty:netty-codec-http2
'''
def expectedOfVertx51 = '''
    io.vertx:vertx-eventbus-bridge-common
    io.netty:netty-codec-classes-quic io.netty:netty-codec-http3 io.netty:netty-tcnative-classes
'''

new File(basedir, 'smallest/target').eachDir { target ->
    def actual = new File(target, 'tree.txt').readLines().drop(1)
            .collect { it.replaceFirst('^[^a-z]*', '').split(':').take(2).join(':') } as Set
    def allowed = (expected + (target.name.startsWith('vertx-5.1.') ? expectedOfVertx51 : '')).trim().split(/\s+/) as Set
    assert actual - allowed == [] as Set : "${target.name}: an application also gets ${actual - allowed}"
    assert allowed - actual == [] as Set : "${target.name}: an application lacks ${allowed - actual}"
}
