"""The main story, over HTTP, against the stack as it is deployed: firm, contact, invitation, link, gate, codes by text and by mail, documents, log.

Every operation has a part in it: one that has none ends it.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import ssl
import time
import urllib.parse

import boto3

STACK = "postern"
REHEARSAL = os.environ["REHEARSAL"]
ENDPOINT = os.environ.get("AWS_ENDPOINT_URL")
PDF = b"%PDF-1.7\n% a paper\n%%EOF\n"
PATIENCE = 60

cloud = boto3.client("cloudformation")
outputs = {one["OutputKey"]: one["OutputValue"] for one in cloud.describe_stacks(StackName=STACK)["Stacks"][0]["Outputs"]}
ORIGIN = outputs["Staff"].split("/{firm}")[0]
played = set()


def ask(method, url, body=None, headers=None):
    """The answer to one request: its status, headers and bytes."""
    address = urllib.parse.urlsplit(urllib.parse.urljoin(ORIGIN, url))
    where = urllib.parse.urlsplit(ENDPOINT) if ENDPOINT else address
    if where.scheme == "https":
        way = http.client.HTTPSConnection(where.hostname, where.port, context=ssl.create_default_context(), timeout=PATIENCE)
    else:
        way = http.client.HTTPConnection(where.hostname, where.port, timeout=PATIENCE)
    way.request(method, address._replace(scheme="", netloc="").geturl(), body, {"Host": address.netloc, **(headers or {})})
    answer = way.getresponse()
    return answer.status, answer.headers, answer.read()


class Browser:
    """Somebody's browser, which keeps cookies."""

    def __init__(self):
        self.cookies = {}

    def ask(self, method, path, status, body=None):
        headers = {"Origin": ORIGIN}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/json"
        found, answered, text = ask(method, path, None if body is None else json.dumps(body), headers)
        assert found == status, f"{method} {path}: {found} instead of {status}: {text.decode()}"
        for cookie in answered.get_all("Set-Cookie", []):
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name] = value
        played.add((method, urllib.parse.urlsplit(path).path))
        return json.loads(text) if text else None

    def get(self, path, status=200):
        return self.ask("GET", path, status)

    def post(self, path, body, status):
        return self.ask("POST", path, status, body)


def sent_to(to):
    """The texts of all that the emulator was given to send to an address or a number, oldest first."""
    base = ENDPOINT or "https://sts.us-east-1.amazonaws.com"
    kept = json.loads(ask("GET", f"{base}/_ministack/ses/messages")[2])["messages"]
    by_mail = [mail["BodyText"] for mails in kept.values() for mail in mails if to in mail["To"]]
    return by_mail + [text["Message"] for text in kept_texts(to)]


def invoke(function, event):
    """What a function of the stack does with an event: whether it fails, and what it answers."""
    name = cloud.describe_stack_resource(StackName=STACK, LogicalResourceId=function)["StackResourceDetail"]["PhysicalResourceId"]
    answer = boto3.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return "FunctionError" in answer, json.loads(answer["Payload"].read())


def kept_texts(to):
    """What the emulator's SNS was given to send to a number, oldest first."""
    base = ENDPOINT or "https://sts.us-east-1.amazonaws.com"
    return json.loads(ask("GET", f"{base}/_ministack/sns/sms-messages")[2])["sms_messages"].get(to, [])


def next_to(to, before, patience=PATIENCE):
    """The text of the message to `to` that comes after `before` others."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        found = sent_to(to)
        if len(found) > before:
            return found[before]
        time.sleep(0.5)
    raise AssertionError(f"nothing more came to {to}")


def code_in(text):
    return re.search(r"\b\d{6}\b", text).group()


def token_in(text):
    return re.search(r"/link#(\S+)", text).group(1)


def app_code(uri):
    """What an authenticator app shows that took over this address (RFC 6238)."""
    secret = urllib.parse.parse_qs(urllib.parse.urlsplit(uri).query)["secret"][0]
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, int(time.time() // 30).to_bytes(8, "big"), "sha1").digest()
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at:at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def set_up_factor(browser):
    """Sets an authenticator app up; the recovery codes."""
    enrolled = browser.post("/api/second-factor", {}, 201)
    assert enrolled["qr_svg"].startswith("<?xml") or "<svg" in enrolled["qr_svg"], enrolled["qr_svg"][:80]
    return browser.post("/api/second-factor/confirmation", {"code": app_code(enrolled["otpauth_uri"])}, 200)["recovery_codes"]


FIRM, OFFICE = "your-firm", "you@example.com"
EMAIL, MOBILE, GATE = "ann@example.net", "+12525885773", "6789"

# The page that everyone begins with, and the firm as it stands on it.
status, headers, page = ask("GET", f"/{FIRM}/sign-in")
assert status == 200 and headers["Content-Type"].startswith("text/html"), (status, page)
visitor = Browser()
assert visitor.get(f"/api/firms/{FIRM}")["name"] == "Your Firm"

# The owner gets in by the link that whoever deployed was given, and again by a code that is mailed.
with open(f"{REHEARSAL}/deployed", encoding="utf-8") as deployed:
    owner_token = token_in(re.search(r'"owner_link": ?"([^"]+)"', deployed.read()).group(1))
owner = Browser()
assert owner.post("/api/links/redemption", {"token": owner_token}, 201) == {"next": "enrol-second-factor"}
owner.get("/api/session", 403)
recovery_codes = set_up_factor(owner)
assert len(recovery_codes) == 10
assert owner.get("/api/session")["audience"] == "staff"
staff = Browser()
challenge = staff.post(f"/api/firms/{FIRM}/staff/challenges", {"email": OFFICE}, 202)["challenge"]
staff.post(f"/api/challenges/{challenge}/session", {"code": code_in(next_to(OFFICE, 1))}, 201)
assert staff.post("/api/session/second-factor", {"code": recovery_codes[0]}, 201) == {"next": "portal"}

# A colleague is taken on, made an admin, unlocked, and removed again.
me = staff.get("/api/session")["staff"]["staff"]
colleague = staff.post("/api/staff", {"name": "Vera Gold", "email": "vera@example.net", "role": "viewer"}, 201)["staff"]
assert "staff of our client portal" in next_to("vera@example.net", 0)
staff.ask("PATCH", f"/api/staff/{colleague}", 200, {"role": "admin"})
assert [one["role"] for one in staff.get("/api/staff")["items"]] == ["owner", "admin"]
staff.ask("DELETE", f"/api/staff/{colleague}/lock", 204)
staff.ask("DELETE", f"/api/staff/{colleague}?successor={me}", 204)

# A contact is kept, shown, listed, changed and invited.
gates = [{"kind": "ssn_last4", "digits": GATE}]
contact = staff.post("/api/contacts", {"name": "Ann Lee", "email": EMAIL, "mobile": MOBILE, "gates": gates}, 201)["contact"]
staff.ask("PATCH", f"/api/contacts/{contact}", 200, {"name": "Ann M. Lee"})
shown = staff.get(f"/api/contacts/{contact}")
assert shown["name"] == "Ann M. Lee", shown
assert [one["contact"] for one in staff.get("/api/contacts")["items"]] == [contact]
assert staff.get("/api/contacts/summary")["contacts"] == 1
staff.post(f"/api/contacts/{contact}/invitations", {}, 201)

# The firm decides that links are good for longer.
settings = staff.get("/api/settings")
assert settings["link_days"] == 7, settings
settings = staff.ask("PATCH", "/api/settings", 200, {"version": settings["version"], "link_days": 14})
assert settings["link_days"] == 14, settings

# She opens the link of her invitation with her last four.
invitation = token_in(next_to(EMAIL, 0))
ann = Browser()
assert ann.post("/api/links/preview", {"token": invitation}, 200)
ann.post("/api/links/redemption", {"token": invitation, "gate": GATE}, 201)
assert ann.get("/api/session")["audience"] == "client"
ann.ask("DELETE", "/api/session", 204)
ann.get("/api/session", 401)

# She mistypes them on the sign-in page: the answer tells nothing, her mailbox is told the truth, staff forget it.
told = len(sent_to(EMAIL))
visitor.post(f"/api/firms/{FIRM}/challenges", {"email": EMAIL, "gate": "0000"}, 202)
assert "did not match" in next_to(EMAIL, told)
diagnosis = staff.get(f"/api/contacts/{contact}/diagnosis")
assert (diagnosis["verdict"], diagnosis["action"]) == ("wrong-digits", "edit"), diagnosis
visitor.post(f"/api/firms/{FIRM}/help", {"email": EMAIL, "message": "I typed it twice."}, 202)
staff.ask("DELETE", f"/api/contacts/{contact}/lock", 204)
visitor.post(f"/api/firms/{FIRM}/links", {"email": EMAIL}, 202)
assert token_in(next_to(EMAIL, told + 1)) != invitation

# She corrects them: the code comes as a text, and half a minute later the same one by mail.
challenge = ann.post(f"/api/firms/{FIRM}/challenges", {"email": f" {EMAIL.upper()} ", "gate": GATE}, 202)["challenge"]
code = code_in(next_to(MOBILE, 0))
time.sleep(31)
ann.post(f"/api/challenges/{challenge}/deliveries", {"channel": "email"}, 202)
assert code_in(next_to(EMAIL, told + 2)) == code
ann.post(f"/api/challenges/{challenge}/session", {"code": code}, 201)

# SES takes nothing for a while: her message waits, and the sweep of the next minute sends it.
role = cloud.describe_stack_resource(StackName=STACK, LogicalResourceId="DeliverRole")["StackResourceDetail"]["PhysicalResourceId"]
no_mail = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ses:SendEmail", "Resource": "*"}]}
down = {"RoleName": role, "PolicyName": "SesIsDown"}
iam = boto3.client("iam")
iam.put_role_policy(**down, PolicyDocument=json.dumps(no_mail))
told = len(sent_to(EMAIL))
begun = time.monotonic()
challenge = Browser().post(f"/api/firms/{FIRM}/challenges", {"email": EMAIL, "gate": GATE, "channel": "email"}, 202)["challenge"]
time.sleep(20)
assert len(sent_to(EMAIL)) == told, "SES was not down"
iam.delete_role_policy(**down)
Browser().post(f"/api/challenges/{challenge}/session", {"code": code_in(next_to(EMAIL, told, 150))}, 201)
print(f"A code that SES did not take for 20 seconds came {time.monotonic() - begun:.0f} seconds after it was asked for.")

# Her carrier and her mailbox report what became of her text and of her mail. SNS writes such a line into its log group; the emulator's SES tells
# EventBridge nothing, and nobody else may in its name: so the worker is given the event itself.
log = staff.get("/api/access-log?limit=100")["items"]
texted = next(text["MessageId"] for text in kept_texts(MOBILE))
line = {
    "notification": {"messageId": texted, "timestamp": "2026-03-02 10:44:00.558"},
    "delivery": {"destination": MOBILE, "providerResponse": "Message has been accepted by phone carrier", "dwellTimeMs": 599},
    "status": "SUCCESS",
}
account = boto3.client("sts").get_caller_identity()["Account"]
logs, group = boto3.client("logs"), f"sns/us-east-1/{account}/DirectPublishToPhoneNumber"
logs.create_log_stream(logGroupName=group, logStreamName="rehearsal")
entry = {"timestamp": int(time.time() * 1000), "message": json.dumps(line)}
logs.put_log_events(logGroupName=group, logStreamName="rehearsal", logEvents=[entry])
mailed = next(record["message_id"] for record in log if record["outcome"] == "invite-sent")
bounced = {
    "source": "aws.ses",
    "detail-type": "Email Bounced",
    "detail": {
        "eventType": "Bounce",
        "mail": {"destination": [EMAIL], "tags": {"message": [mailed]}},
        "bounce": {"bounceType": "Permanent", "bounceSubType": "General"},
    },
}
failed, told = invoke("RecordDelivery", bounced)
assert not failed, told
until = time.monotonic() + PATIENCE
while not {"sms-delivered", "email-bounced"} <= {record["outcome"] for record in staff.get("/api/access-log?limit=100")["items"]}:
    assert time.monotonic() < until, "what was reported is not written down"
    time.sleep(0.5)
assert staff.get(f"/api/contacts/{contact}")["portal"]["troubles"]["email"]["kind"] == "bounced"

# She hands a paper over, straight to storage; nobody but her own page may, and nothing but what was signed.
paper = {"name": "W-2.pdf", "size": len(PDF), "content_type": "application/pdf", "sha256": hashlib.sha256(PDF).hexdigest()}
begun = ann.post("/api/documents", paper, 201)
upload = begun["upload"]
preflight = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": ",".join(sorted(upload["headers"]))}
status, headers, _ = ask("OPTIONS", upload["url"], headers={"Origin": ORIGIN, **preflight})
assert status == 200 and headers["Access-Control-Allow-Methods"] == "PUT", (status, headers.items())
status, _, _ = ask("OPTIONS", upload["url"], headers={"Origin": "https://evil.example", **preflight})
assert status == 403, status
status, _, text = ask("PUT", upload["url"], b"#!/bin/sh", upload["headers"])
assert status in (400, 403), (status, text)
status, _, text = ask("PUT", upload["url"], PDF, upload["headers"])
assert status == 200, (status, text)
document = ann.post(f"/api/documents/{begun['document']}/completion", {}, 200)
assert document["state"] == "ready", document
assert [one["document"] for one in ann.get("/api/documents")["items"]] == [begun["document"]]

# She has a receipt mailed to herself.
told = len(sent_to(EMAIL))
ann.post("/api/receipts", {"documents": [begun["document"]]}, 202)
assert "W-2.pdf" in next_to(EMAIL, told)

# She gives it a better name, takes it back, and changes her mind.
her_paper = f"/api/documents/{begun['document']}"
ann.ask("PATCH", her_paper, 200, {"name": "W-2 of 2025.pdf"})
ann.ask("DELETE", her_paper, 204)
assert ann.get("/api/documents")["items"] == []
ann.ask("PUT", f"{her_paper}/restoration", 200, {})
assert [one["name"] for one in ann.get("/api/documents")["items"]] == ["W-2 of 2025.pdf"]

# Staff fetch it, and the log tells the whole story: all of it, since a time, and of her alone.
client = shown["clients"][0]["client"]
assert len(staff.get(f"/api/documents?client={client}")["items"]) == 1
address = staff.get(f"/api/documents/{begun['document']}/download")["url"]
status, _, found = ask("GET", address)
assert status == 200 and found == PDF, (status, found)
log = staff.get("/api/access-log?limit=100")["items"]
outcomes = {record["outcome"] for record in log}
expected = {
    "firm-created", "staff-signed-in", "contact-created", "contact-updated", "access-unlocked", "invite-sent", "link-opened", "ssn-mismatch",
    "honest-mail-sent", "fresh-link-sent", "code-sent-sms", "code-sent-email", "signed-in", "document-ready", "document-downloaded",
}
assert expected <= outcomes, expected - outcomes
newest = log[0]["at"]
for query in (f"from={log[-1]['at']}", f"to={newest}", f"contact={contact}", f"from={log[-1]['at']}&to={newest}&contact={contact}"):
    assert staff.get(f"/api/access-log?{query}")["items"], query
# What is small comes as a file at once; of what is large, someone has to ask for the right one.
cookies = "; ".join(f"{name}={value}" for name, value in staff.cookies.items())
status, _, exported = ask("GET", "/api/access-log/export?format=json", headers={"Cookie": cookies})
lines = [json.loads(line) for line in exported.splitlines()]
assert status == 200 and lines[-1]["digest"]["records"] == len(lines) - 1 > 0, (status, exported[:200])
played.add(("GET", "/api/access-log/export"))
staff.get("/api/exports/0192f0c4a1b27000800000000000abcd", 404)

# She sets up an app, switches it off, and sets it up again; when she loses it, staff reset it, but nobody their own where it is required.
assert len(set_up_factor(ann)) == 10
ann.ask("DELETE", "/api/second-factor", 204)
texts = len(sent_to(MOBILE))
challenge = ann.post("/api/session/challenges", {"channel": "sms"}, 202)["challenge"]
assert ann.post(f"/api/challenges/{challenge}/session", {"code": code_in(next_to(MOBILE, texts))}, 201) == {"next": "portal"}
assert len(set_up_factor(ann)) == 10
staff.post("/api/session/second-factor", {"code": recovery_codes[1]}, 201)
staff.ask("DELETE", f"/api/contacts/{contact}/second-factor", 204, {"reason": "Lost her phone; called back on file."})
assert "we reset your two-factor authentication" in next_to(MOBILE, texts + 1)
ann.get("/api/session", 401)
me = staff.get("/api/session")["staff"]["staff"]
staff.ask("DELETE", f"/api/staff/{me}/second-factor", 409, {"reason": "Lost my phone."})
ann = Browser()
texts = len(sent_to(MOBILE))
challenge = ann.post(f"/api/firms/{FIRM}/challenges", {"email": EMAIL, "gate": GATE, "channel": "sms"}, 202)["challenge"]
ann.post(f"/api/challenges/{challenge}/session", {"code": code_in(next_to(MOBILE, texts))}, 201)

# She signs out of this browser for good, staff sign her out of all, and then themselves.
device = next(one["device"] for one in ann.get("/api/devices")["items"] if one["current"])
ann.ask("DELETE", f"/api/devices/{device}", 204)
staff.ask("PUT", f"/api/contacts/{contact}/code-path", 204, {})
staff.ask("DELETE", f"/api/contacts/{contact}/sessions", 204)
staff.ask("DELETE", "/api/devices", 204)

# Whoever runs the portal rotates all keys. She gets in as before, and what may be needed stays.
for group in ["sign-in", "gate", "link", "factor", "log", "chain"]:
    failed, rotated = invoke("RotateKeys", {"group": group})
    assert not failed and rotated["current"] not in rotated["kept"], rotated
    failed, told = invoke("RetireKeys", {"group": group, "version": rotated["kept"][0]})
    assert failed and "a moment ago" in told["errorMessage"], told
ann = Browser()
texts = len(sent_to(MOBILE))
challenge = ann.post(f"/api/firms/{FIRM}/challenges", {"email": EMAIL, "gate": GATE, "channel": "sms"}, 202)["challenge"]
ann.post(f"/api/challenges/{challenge}/session", {"code": code_in(next_to(MOBILE, texts))}, 201)

# Whatever is added to the API is added here.
template = cloud.get_template(StackName=STACK, TemplateStage="Processed")["TemplateBody"]
for path, methods in template["Resources"]["HttpApi"]["Properties"]["Body"]["paths"].items():
    for method in methods if path != "$default" else ():
        pattern = re.compile(re.sub(r"\{\w+\}", "[^/]+", path))
        assert any(one == method.upper() and pattern.fullmatch(what) for one, what in played), f"nobody played {method.upper()} {path}"
print(f"The story was played by {len(played)} kinds of requests.")
