"""The error of whoever set or typed something that cannot work; apart from the settings, which are dear to import."""


class SettingsError(Exception):
    """The settings cannot work; the message is the sentence for the person who set them."""
