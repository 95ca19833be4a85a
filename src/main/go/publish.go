// Publishes one event, once, however often it has to ask: go run publish.go [URL [MESSAGE]]
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	url, message := "http://localhost:8080/events", "Hello World"
	if len(os.Args) > 1 {
		url = os.Args[1]
	}
	if len(os.Args) > 2 {
		message = os.Args[2]
	}
	body, _ := json.Marshal(map[string]any{"message": message, "timestamp": time.Now().UTC()})
	key := make([]byte, 16)
	rand.Read(key)
	client := http.Client{Timeout: 30 * time.Second}
	for ; ; time.Sleep(time.Second) {
		request, err := http.NewRequest("POST", url, bytes.NewReader(body))
		if err != nil {
			log.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", fmt.Sprintf("%x", key)) // the same each time
		answer, err := client.Do(request)
		if err != nil {
			continue
		}
		text, _ := io.ReadAll(answer.Body)
		answer.Body.Close()
		if answer.StatusCode == 503 {
			continue
		}
		fmt.Println(string(text))
		if answer.StatusCode != 201 {
			os.Exit(1)
		}
		return
	}
}
