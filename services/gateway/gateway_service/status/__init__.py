"""The page that shows how the platform does: panels of the dashboards, from Prometheus or the processes themselves."""
