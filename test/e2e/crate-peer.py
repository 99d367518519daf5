"""Holds an RO-Crate against Provenance Run Crate 0.5 with roc-validator, without a network.

The two JSON-LD contexts that the crate names are replaced by a stand-in with the terms that the crate uses, as RO-Crate 1.1 and the
Workflow Run terms define them (RO-Crate's has all of schema.org). Prints each broken MUST; the exit status is their number.
"""

import json
import sys

import requests

BIOSCHEMAS = "https://bioschemas.org/"
RUN = "https://w3id.org/ro/terms/workflow-run#"
SCHEMA_ORG = """
about additionalType citation conformsTo contentSize datePublished description encodingFormat endTime hasPart identifier
instrument license mainEntity mentions name object position programmingLanguage propertyID result sha256 softwareRequirements
softwareVersion startTime step subjectOf unitCode value version workExample
ComputerLanguage ControlAction CreateAction CreativeWork Dataset HowTo HowToStep OrganizeAction PropertyValue
SoftwareApplication SoftwareSourceCode
"""
TERMS = {
    **{name: "http://schema.org/" + name for name in SCHEMA_ORG.split()},
    "File": "http://schema.org/MediaObject",
    "conformsTo": "http://purl.org/dc/terms/conformsTo",
    "ComputationalWorkflow": BIOSCHEMAS + "ComputationalWorkflow",
    "FormalParameter": BIOSCHEMAS + "FormalParameter",
    "input": BIOSCHEMAS + "ComputationalWorkflow#input",
    "output": BIOSCHEMAS + "ComputationalWorkflow#output",
    "ParameterConnection": RUN + "ParameterConnection",
    "connection": RUN + "connection",
    "sourceParameter": RUN + "sourceParameter",
    "targetParameter": RUN + "targetParameter",
    "sha256": RUN + "sha256",
    "resourceUsage": RUN + "resourceUsage",
}


def stand_in(_self, method, url, **_kwargs):
    if not url.startswith("https://w3id.org/ro/"):
        raise requests.exceptions.ConnectionError(f"{method} {url}: there is no network in this test")
    answer = requests.Response()
    answer.status_code = 200
    answer.url = url
    answer._content = json.dumps({"@context": TERMS}).encode()
    answer.headers["content-type"] = "application/ld+json"
    return answer


def main(crate):
    requests.Session.request = stand_in
    from rocrate_validator import models, services
    from rocrate_validator.utils import document_loader

    document_loader._fetch_json_ld = lambda _source: {"@context": TERMS}
    wrong = 0
    for profile in ("provenance-run-crate-0.5", "process-run-crate-0.5"):
        settings = models.ValidationSettings(
            rocrate_uri=crate,
            profile_identifier=profile,
            requirement_severity=models.Severity.REQUIRED,
        )
        result = services.validate(settings)
        issues = result.get_issues(models.Severity.REQUIRED)
        for issue in issues:
            print(f"{profile}: {issue.check.identifier}: {issue.message}")
        print(f"{profile}: {len(issues)} broken")
        wrong += len(issues)
    return min(wrong, 100)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
