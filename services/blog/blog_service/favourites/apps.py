from django.apps import AppConfig


class FavouritesConfig(AppConfig):
    name = "blog_service.favourites"
