from django.urls import path

from blog_service.feeds.views import Atom, JsonFeed, Rss, Sitemap, at_root

VIEWS = {"rss.xml": Rss, "atom.xml": Atom, "feed.json": JsonFeed, "sitemap.xml": Sitemap}

urlpatterns = [path(f"api/v1/{name}", view.as_view()) for name, view in VIEWS.items()]
urlpatterns += [path(name, at_root(view).as_view()) for name, view in VIEWS.items()]
