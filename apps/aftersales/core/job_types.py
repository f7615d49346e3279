"""The DocTypes of jobs. What both have in common (`service_billing/service_job.py`) is read of either, in any room."""

VISIT = "Service Voucher"
CARD = "Repair Card"
JOB_DOCTYPES = (VISIT, CARD)
