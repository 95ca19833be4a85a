// Prints a stream, and goes on after the last event where the connection breaks: go run subscribe.go [URL]
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"
)

func main() {
	url := "http://localhost:8080/events"
	if len(os.Args) > 1 {
		url = os.Args[1]
	}
	lastID, retry := "", 2000
	for ; ; time.Sleep(time.Duration(retry) * time.Millisecond) {
		request, err := http.NewRequest("GET", url, nil)
		if err != nil {
			log.Fatal(err)
		}
		request.Header.Set("Last-Event-ID", lastID) // an empty one is none
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			continue // the node is not there
		}
		if response.StatusCode >= 400 && response.StatusCode < 500 {
			log.Fatal(url, " answers ", response.Status)
		}
		lines, id, event, data := bufio.NewReader(response.Body), lastID, "", []string{}
		for line, err := lines.ReadString('\n'); err == nil; line, err = lines.ReadString('\n') {
			switch field, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": "); field {
			case "id":
				id = value
			case "event":
				event = value
			case "retry":
				retry, _ = strconv.Atoi(value)
			case "data":
				data = append(data, value)
			}
			if line != "\n" {
				continue
			}
			lastID = id // only now: a block that was cut off does not count
			text := strings.Join(data, "\n")
			if event == "close" && text == "{}" {
				return
			} else if event == "gap" {
				fmt.Println("Gap:", text)
			} else if event != "close" && text != "" {
				var body struct{ Message, Timestamp string }
				json.Unmarshal([]byte(text), &body)
				fmt.Println("Message:", body.Message, "at", body.Timestamp)
			}
			event, data = "", nil
		}
		response.Body.Close()
	}
}
