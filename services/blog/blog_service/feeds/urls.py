from django.urls import path

from blog_service.feeds.views import Atom, JsonFeed, Rss, Sitemap

VIEWS = {"rss.xml": Rss, "atom.xml": Atom, "feed.json": JsonFeed, "sitemap.xml": Sitemap}

urlpatterns = [path(f"{root}{name}", view.as_view()) for root in ("api/v1/", "") for name, view in VIEWS.items()]
