"""A filter, which Ansible imports from the collection."""


class FilterModule:
    def filters(self):
        return {"greet": "hello {}".format}
