"""Stands for sPyNNaker's configuration: spynnaker.cfg of the working folder over the defaults."""

import configparser
import os

resets = 0
_config = None


def _option(name):
    return name.replace("_", "").lower()


def load():
    global _config
    _config = configparser.ConfigParser()
    _config.optionxform = _option
    _config.read_string("[Machine]\nvirtual_board = False\n[Reports]\nread_placements_provenance_data = False\n")
    _config.read_string("[Reports]\nkeep_data_database = False\n")
    _config.read("spynnaker.cfg")


def set_config(section, option, value):
    _config.set(section, option, value)


def get_config_bool(section, option):
    return _config.getboolean(section, option)


def reports():
    folder = _config.get("Reports", "default_report_file_path", fallback="reports")
    os.makedirs(folder, exist_ok=True)
    return folder


def get_report_path(_option):
    return os.path.join(reports(), f"data_reset_{resets}.sqlite3" if resets else "data.sqlite3")
