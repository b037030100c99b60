"""The same agent by hand, on Google's functions-framework for Python."""

import base64
import hmac
import os

import functions_framework

EXPECTED = "Basic " + base64.b64encode(os.environ["BASIC"].encode()).decode()


def says(words):
    return {"fulfillmentMessages": [{"text": {"text": [words]}}]}


def context(request):
    return says("Text response from webhook") | {
        "outputContexts": [
            {
                "name": request["session"] + "/contexts/context-name",
                "lifespanCount": 5,
                "parameters": {"param-name": "param-value"},
            }
        ]
    }


INTENTS = {
    "guide.context": context,
    "guide.text": lambda _: says("Text response from webhook"),
    "get-agent-name": lambda _: says("My name is Flowhook."),
}


@functions_framework.http
def answer(request):
    if not hmac.compare_digest(request.headers.get("authorization", ""), EXPECTED):
        return "", 401
    body = request.get_json()
    return INTENTS[body["queryResult"]["intent"]["displayName"]](body)
