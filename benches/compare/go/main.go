// The same agent on Go's net/http and encoding/json.
package main

import (
	"crypto/subtle"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strings"
)

type request struct {
	Session     string `json:"session"`
	QueryResult struct {
		Intent struct {
			DisplayName string `json:"displayName"`
		} `json:"intent"`
	} `json:"queryResult"`
}

type text struct {
	Text []string `json:"text"`
}

type message struct {
	Text text `json:"text"`
}

type outputContext struct {
	Name          string            `json:"name"`
	LifespanCount int               `json:"lifespanCount"`
	Parameters    map[string]string `json:"parameters"`
}

type response struct {
	FulfillmentMessages []message       `json:"fulfillmentMessages"`
	OutputContexts      []outputContext `json:"outputContexts,omitempty"`
}

func says(words string) response {
	return response{FulfillmentMessages: []message{{Text: text{Text: []string{words}}}}}
}

var intents = map[string]func(*request) response{
	"guide.context": func(asked *request) response {
		answer := says("Text response from webhook")
		answer.OutputContexts = []outputContext{{
			Name:          asked.Session + "/contexts/context-name",
			LifespanCount: 5,
			Parameters:    map[string]string{"param-name": "param-value"},
		}}
		return answer
	},
	"guide.text":     func(*request) response { return says("Text response from webhook") },
	"get-agent-name": func(*request) response { return says("My name is Flowhook.") },
}

func main() {
	user, password, _ := strings.Cut(os.Getenv("BASIC"), ":")
	same := func(shown, expected string) bool {
		return subtle.ConstantTimeCompare([]byte(shown), []byte(expected)) == 1
	}
	http.HandleFunc("/", func(writer http.ResponseWriter, asked *http.Request) {
		shownUser, shownPassword, _ := asked.BasicAuth()
		if !same(shownUser, user) || !same(shownPassword, password) {
			http.Error(writer, "", http.StatusUnauthorized)
			return
		}
		var body request
		if json.NewDecoder(asked.Body).Decode(&body) != nil {
			http.Error(writer, "", http.StatusBadRequest)
			return
		}
		handler, known := intents[body.QueryResult.Intent.DisplayName]
		if !known {
			http.Error(writer, "", http.StatusNotFound)
			return
		}
		writer.Header().Set("content-type", "application/json")
		if err := json.NewEncoder(writer).Encode(handler(&body)); err != nil {
			log.Print(err)
		}
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
