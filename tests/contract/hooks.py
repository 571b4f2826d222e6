"""What Schemathesis is told beside the document of the API: who calls, what is there, what leads on, and what is no defect."""

import atexit
import collections
import hashlib
import os
import re
from urllib.parse import parse_qsl, urlsplit

import requests
import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import TestPhase
from schemathesis.openapi.checks import RejectedPositiveData, UnsupportedMethodResponse

PORTAL = os.environ["POSTERN_URL"]
WHO = os.environ["POSTERN_WHO"]
AUDIENCE = {"nobody": None, "client": "client", "owner": "staff"}[WHO]
COOKIE = {"client": "__Host-postern", "staff": "__Host-postern-staff"}.get(AUDIENCE)

addresses = 0
cookies = {}
own = None

# Who calls.


def address():
    """Another one each time: what one address may ask for is soon used up, and then no operation tells anything else."""
    global addresses
    addresses += 1
    return {"X-Lab-Source-Ip": f"10.{addresses >> 16 & 255}.{addresses >> 8 & 255}.{addresses & 255}"}


def call(method, path, body=None):
    headers = {**address(), "Accept": "application/json"}
    answer = requests.request(method, PORTAL + path, json=body, headers=headers, cookies=cookies, timeout=30)
    answer.raise_for_status()
    return answer


def code(to):
    """The one in the newest message to a mailbox or a phone."""
    call("POST", "/_local/settle")
    messages = [message["text"] for message in call("GET", "/_local/outbox").json() if message["to"] == to]
    return re.search(r"\b\d{6}\b", messages[-1])[0]


def sign_in():
    """Signs in as people do, a day after the last time, so that no limit is met."""
    cookies.clear()
    call("POST", "/_local/clock", {"advance_seconds": 24 * 3600})
    if WHO == "owner":
        path, asked, to = "/api/firms/demo/staff/challenges", {"email": "owner@demo.test"}, "owner@demo.test"
    else:
        path, asked, to = "/api/firms/demo/challenges", {"email": "jane@example.com", "gate": "6789"}, "+12525885772"
    challenge = call("POST", path, asked).json()["challenge"]
    answer = call("POST", f"/api/challenges/{challenge}/session", {"code": code(to)})
    cookies[COOKIE] = re.search(f"{COOKIE}=([^;]+)", answer.headers["Set-Cookie"])[1]


def set_the_scene():
    """There is a document to download, and for the owner a colleague to change."""
    global own
    sign_in()
    if WHO == "owner":
        own = call("GET", "/api/session").json()["staff"]["staff"]
        see(call("POST", "/api/staff", {"name": "Carl", "email": "carl@demo.test", "role": "staff"}).json())
        contact = next(each for each in call("GET", "/api/contacts").json()["items"] if each["name"] == "Jane Smith")
    else:
        contact = call("GET", "/api/session").json()
    paper = b"%PDF-1.7\n"
    client = contact["clients"][0]["client"]
    new = {"name": "W-2.pdf", "size": len(paper), "sha256": hashlib.sha256(paper).hexdigest(), "client": client}
    begun = call("POST", "/api/documents", new).json()
    requests.put(begun["upload"]["url"], data=paper, headers=begun["upload"]["headers"], timeout=30).raise_for_status()
    see(call("POST", f"/api/documents/{begun['document']}/completion", {}).json())
    see(contact)


if AUDIENCE:

    @schemathesis.auth(refresh_interval=None)
    class Session:
        def get(self, case, context):
            if not cookies:
                sign_in()
            return dict(cookies)

        def set(self, case, cookies, context):
            case.cookies = {**(case.cookies or {}), **cookies}


@schemathesis.hook
def after_call(context, case, response):
    """Whoever was signed out by what was tried signs in anew."""
    counts(case, response)
    meant = response.request.headers.get("Postern-Audience") in (None, AUDIENCE)
    held = cookies and cookies[COOKIE] in response.request.headers.get("Cookie", "")
    if meant and held and problem(response).get("type") == "/problems/session-needed":
        cookies.clear()
    if response.status_code == 404 and response.request.method == case.operation.method.upper():
        for name, value in (case.path_parameters or {}).items():
            there[name].pop(value, None)
    elif response.status_code < 300 and response.headers.get("content-type") == ["application/json"]:
        see(response.json())


# What is there: ids by the names that they have in paths and answers, newest last.

there = collections.defaultdict(dict, {name: {} for name in ("challenge", "client", "contact", "device", "document", "export", "staff")})


def see(value):
    """Remembers what an answer says is there; nobody removes or demotes themselves."""
    for name, each in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(each, (dict, list)):
            see(each)
        elif name in there and each and each != own:
            there[name].pop(each, None)
            there[name][each] = True


@schemathesis.hook
def before_call(context, case, kwargs):
    """An id that was made up becomes that of something: else nothing would ever be there."""
    case.headers = {**(case.headers or {}), **address()}
    if AUDIENCE and "Postern-Audience" in case.headers and not case.meta.is_negative_at(ParameterLocation.HEADER):
        case.headers["Postern-Audience"] = AUDIENCE
    if case.meta.phase.name == TestPhase.STATEFUL:
        return
    places = [(ParameterLocation.PATH, case.path_parameters), (ParameterLocation.QUERY, case.query), (ParameterLocation.BODY, case.body)]
    for location, members in places:
        if isinstance(members, dict) and not case.meta.is_negative_at(location):
            for name, value in members.items():
                if isinstance(value, str) and there.get(name) and value not in there[name]:
                    members[name] = next(reversed(there[name]))
                if name == "successor" and own:
                    members[name] = own


# What leads on.

MAKES = {
    "create-contact": "contact",
    "create-upload": "document",
    "invite-staff": "staff",
    "renew-session": "challenge",
    "request-code": "challenge",
    "request-staff-code": "challenge",
}


@schemathesis.hook
def before_load_schema(context, document):
    """What an operation made is tried by those whose paths name it."""
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    for operation in operations:
        name = MAKES.get(operation["operationId"])
        takers = [
            each["operationId"]
            for each in operations
            if any((parameter["in"], parameter["name"]) == ("path", name) for parameter in each.get("parameters", []))
            and (AUDIENCE is None or any(AUDIENCE in scheme for scheme in each["security"]))
        ]
        links = {taker: {"operationId": taker, "parameters": {name: f"$response.body#/{name}"}} for taker in takers}
        for status, answer in operation["responses"].items():
            if links and status.startswith("2"):
                answer["links"] = links


# What is no defect; README.md says why.

IN_WORDS = {
    *("code", "digits", "email", "gate", "gates", "mobile", "name", "sort_name", "reason"),
    *("client", "clients", "cursor", "outcome", "successor", "version"),
}


def problem(response):
    return response.json() if response.headers.get("content-type") == ["application/problem+json"] else {}


def is_undeclared_method(failure, case, response):
    return isinstance(failure, UnsupportedMethodResponse) and problem(response).get("type") == "/problems/not-found"


def is_empty_parameter(failure, case, response):
    sent = parse_qsl(urlsplit(response.request.url).query, keep_blank_values=True)
    return isinstance(failure, AcceptedNegativeData) and any(value == "" for _, value in sent)


def is_said_in_words(failure, case, response):
    fields = {re.sub(r"\[\d+\]|.*\.", "", field) for field in problem(response).get("fields", {})}
    return isinstance(failure, RejectedPositiveData) and bool(fields) and fields <= IN_WORDS


def is_cleaned(failure, case, response):
    return isinstance(failure, AcceptedNegativeData) and "violates `maxLength`" in failure.message


def is_no_number_of_ours(failure, case, response):
    body = case.body if isinstance(case.body, dict) else {}
    foreign = [name for name, value in body.items() if isinstance(value, float) or (isinstance(value, int) and value >= 2**32)]
    fields = problem(response).get("fields", {}).keys()
    return isinstance(failure, RejectedPositiveData) and bool(fields) and fields <= set(foreign)


EXPLAINED = {
    "a method that a path has not finds nothing": is_undeclared_method,
    "an empty parameter is one that was not given": is_empty_parameter,
    "what is typed, or named, is judged by more than its schema": is_said_in_words,
    "what is typed is cleaned before its length is judged": is_cleaned,
    "a whole number is written without a fraction, within its format": is_no_number_of_ours,
}
explained = collections.Counter()


@schemathesis.hook
def filter_failure(context, failure, case, response):
    why = next((why for why, holds in EXPLAINED.items() if holds(failure, case, response)), None)
    explained.update([why] if why else [])
    return why is None


# What was tried.

answers = collections.defaultdict(collections.Counter)


def counts(case, response):
    answers[case.operation.definition.raw["operationId"]][response.status_code] += 1


@atexit.register
def tell():
    with open(os.environ["POSTERN_TOLD"], "w") as told:
        print(f"{WHO}: {len(answers)} operations, {sum(map(collections.Counter.total, answers.values()))} cases", file=told)
        for why, times in explained.items():
            print(f"  {why}: {times}", file=told)
        for name, statuses in sorted(answers.items()):
            print(f"  {name}: {dict(sorted(statuses.items()))}", file=told)


if AUDIENCE:
    set_the_scene()
