package io.sluice.sample

import java.io.IOException
import java.io.UncheckedIOException
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse.BodyHandlers

/** Prints a stream, and goes on after the last event where the connection breaks. */
fun main(args: Array<String>) {
    val url = args.firstOrNull() ?: "http://localhost:8080/events"
    val client = HttpClient.newHttpClient()
    var lastId = ""
    var retry = 2000L
    while (true) {
        val request = HttpRequest.newBuilder(URI.create(url))
        if (lastId.isNotEmpty()) request.header("Last-Event-ID", lastId)
        try {
            val response = client.send(request.build(), BodyHandlers.ofLines())
            require(response.statusCode() / 100 != 4) { "$url answers ${response.statusCode()}" }
            val block = mutableListOf<String>()
            for (line in response.body()) {
                if (line.isNotEmpty()) {
                    block += line
                    continue
                }
                val all = { name: String -> block.filter { it.startsWith("$name: ") }.map { it.substringAfter(": ") } }
                val event = all("event").firstOrNull()
                val data = all("data").joinToString("\n")
                lastId = all("id").firstOrNull() ?: lastId
                retry = all("retry").firstOrNull()?.toLong() ?: retry
                when {
                    event == "close" && data == "{}" -> return
                    event == "gap" -> println("Gap: $data")
                    event != "close" && data.isNotEmpty() ->
                        println("Message: ${text(data, "message")} at ${text(data, "timestamp")}")
                }
                block.clear()
            }
        } catch (e: IOException) {
            // the node is not there
        } catch (e: UncheckedIOException) {
            // it went
        }
        Thread.sleep(retry)
    }
}

/** A text without escapes; for all of JSON there are libraries. */
private fun text(json: String, key: String) = Regex("\"$key\":\\s*\"([^\"]*)\"").find(json)?.groupValues?.get(1)
