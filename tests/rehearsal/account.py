"""What an account has before it is deployed to: a sender that SES has verified."""

import boto3

boto3.client("sesv2").create_email_identity(EmailIdentity="portal@example.com")
