"""Makes the routes of the API, which the emulator does not read from the body that SAM writes."""

import boto3

STACK = "postern"

cloud, api, functions = boto3.client("cloudformation"), boto3.client("apigatewayv2"), boto3.client("lambda")
resources = {}
for page in cloud.get_paginator("list_stack_resources").paginate(StackName=STACK):
    resources |= {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in page["StackResourceSummaries"]}
template = cloud.get_template(StackName=STACK, TemplateStage="Processed")["TemplateBody"]
paths = template["Resources"]["HttpApi"]["Properties"]["Body"]["paths"]
for path, methods in paths.items():
    for method, operation in methods.items():
        uri = operation["x-amazon-apigateway-integration"]["uri"]["Fn::Sub"]
        function = uri.split("${")[-1].split(".Arn}")[0]
        arn = functions.get_function(FunctionName=resources[function])["Configuration"]["FunctionArn"]
        made = api.create_integration(
            ApiId=resources["HttpApi"], IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0"
        )
        key = path if path == "$default" else f"{method.upper()} {path}"
        api.create_route(ApiId=resources["HttpApi"], RouteKey=key, Target=f"integrations/{made['IntegrationId']}")
