package io.sluice.sample

import java.io.IOException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpRequest.BodyPublishers
import java.net.http.HttpResponse.BodyHandlers
import java.time.Duration
import java.time.Instant
import java.util.UUID
import kotlin.system.exitProcess

/** Publishes one event, once, however often it has to ask. */
fun main(args: Array<String>) {
    val url = args.getOrElse(0) { "http://localhost:8080/events" }
    val message = args.getOrElse(1) { "Hello World" } // without quotes; for all of JSON there are libraries
    val request = HttpRequest.newBuilder(URI.create(url))
        .header("Content-Type", "application/json")
        .header("Idempotency-Key", UUID.randomUUID().toString()) // the same each time
        .timeout(Duration.ofSeconds(30))
        .POST(BodyPublishers.ofString("""{"message":"$message","timestamp":"${Instant.now()}"}"""))
        .build()
    val client = HttpClient.newHttpClient()
    while (true) {
        try {
            val answer = client.send(request, BodyHandlers.ofString())
            if (answer.statusCode() != 503) {
                println(answer.body())
                exitProcess(if (answer.statusCode() == 201) 0 else 1)
            }
        } catch (e: IOException) {
            // the connection broke
        }
        Thread.sleep(1000)
    }
}
